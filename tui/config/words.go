package config

// What is told of a file that can be read all the same.
const unknownKey = "%s: unknown key %s; did you mean %s?"
