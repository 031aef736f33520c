module.exports = { testDir: "browser", use: { baseURL: process.env.PUBLIC_URL } };
