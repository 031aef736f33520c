// The load plan of shop (profile house) as a k6 script, written by gonogo.
//
// It sends up to 200 users at once to https://shop.example, and to nothing else: redirects are not followed.
// Run it only with the consent of whoever answers for that system.
//
//   k6 run --no-usage-report load.js
//
// On several machines, each with its share; the counters of all parts add up:
//
//   k6 run --no-usage-report --execution-segment 0:1/2 -e GONOGO_SUMMARY=part1.json load.js
//   k6 run --no-usage-report --execution-segment 1/2:1 -e GONOGO_SUMMARY=part2.json load.js
//
// Then name what it wrote in the target file, and gonogo judges it (import.load):
//
//   [results]
//   load = ["gonogo-k6.json"]
//
// Set with -e NAME=VALUE or in the environment, none of it is in this file:
//   GONOGO_RATE: requests a second of the steady load, half of what the best step brought
//   GONOGO_TOKENS_USER: what tokens/user holds
//   NOTE
//   TENANT
//
// GONOGO_BUILD=COMMIT says for which build the result is.
//
// Not in this script, as gonogo has to look at something beside the load:
//   I-I load.recovery
//   I-J load.resources

import exec from 'k6/execution';
import http from 'k6/http';
import { Counter } from 'k6/metrics';

const BASE = "https://shop.example";

function secret(name) {
  const value = __ENV[name];
  if (!value) {
    throw new Error(`set ${name}: k6 run -e ${name}=...`);
  }
  return value;
}

// credential is how an identity's token is sent: "Name: value" is a header of its own.
function credential(token) {
  const named = /^([A-Za-z][A-Za-z0-9-]*):[ \t]*(.+)$/.exec(token);
  return named ? { [named[1]]: named[2] } : { Authorization: `Bearer ${token}` };
}

const requests = [
  { name: "GET /api/items", method: "GET", url: BASE + "/api/items", body: null, headers: { "X-Tenant": secret("TENANT"), "Accept-Language": "de" } },
  { name: "POST /api/cart", method: "POST", url: BASE + "/api/cart", body: "{\"id\":1,\"note\":\"\u003c/script\u003e \\ " + secret("NOTE") + "\"}", headers: { "X-Tenant": secret("TENANT"), ...credential("X-Key: " + secret("GONOGO_TOKENS_USER")), "Content-Type": "application/json" } },
  { name: "GET /api/items", method: "GET", url: BASE + "/api/items", body: null, headers: { "X-Tenant": secret("TENANT") } },
  { name: "GET /api/orders?limit=5", method: "GET", url: BASE + "/api/orders?limit=5", body: null, headers: { "X-Tenant": secret("TENANT") } },
  { name: "GET /api/orders?limit=5", method: "GET", url: BASE + "/api/orders?limit=5", body: null, headers: { "X-Tenant": secret("TENANT"), ...credential("X-Key: " + secret("GONOGO_TOKENS_USER")) } },
];

// What each scenario asks in turn; whether it counts for the verdict (60 users are required);
// and the ms at its start that don't.
const plans = {
  steps_50: { turns: [0, 0, 1, 0], judged: true, warm: 1000 }, // 50 users: I-A I-C
  steps_200: { turns: [0, 0, 1, 0], judged: false, warm: 1000 }, // 200 users: I-B
  sustained: { turns: [0, 0, 1, 0], judged: true, warm: 3000 }, // steady rate: I-D
  sustained_2: { turns: [2], judged: true, warm: 3000 }, // steady rate: I-E
  burst_50: { turns: [3], judged: true, warm: 0 }, // 50 users, 10 requests each: I-F
  pool_before_1: { turns: [4], judged: false, warm: 1000 }, // 1 user: I-G
  pool_50: { turns: [4], judged: true, warm: 1000 }, // 50 users: I-G
  pool_after_1: { turns: [4], judged: false, warm: 1000 }, // 1 user: I-G
  baseline: { turns: [2], judged: false, warm: 0 }, // one user: I-H
};

export const options = {
  discardResponseBodies: true,
  maxRedirects: 0,
  userAgent: 'gonogo-load-script/1 (k6)',
  summaryTrendStats: ['avg', 'min', 'med', 'max', 'p(90)', 'p(95)', 'p(99)', 'count'],
  scenarios: {
    steps_50: { executor: 'constant-vus', vus: 50, duration: '9s', startTime: '0s', gracefulStop: '2s' },
    steps_200: { executor: 'constant-vus', vus: 200, duration: '9s', startTime: '14s', gracefulStop: '2s' },
    sustained: { executor: 'constant-arrival-rate', rate: 1205, timeUnit: '10s', duration: '20s', preAllocatedVUs: 50, maxVUs: 50, startTime: '28s', gracefulStop: '2s' },
    sustained_2: { executor: 'constant-arrival-rate', rate: Number(__ENV.GONOGO_RATE || 60), timeUnit: '1s', duration: '30s', preAllocatedVUs: 50, maxVUs: 50, startTime: '53s', gracefulStop: '2s' },
    burst_50: { executor: 'per-vu-iterations', vus: 50, iterations: 10, maxDuration: '60s', startTime: '88s', gracefulStop: '2s' },
    pool_before_1: { executor: 'constant-vus', vus: 1, duration: '5s', startTime: '153s', gracefulStop: '2s' },
    pool_50: { executor: 'constant-vus', vus: 50, duration: '10s', startTime: '163s', gracefulStop: '2s' },
    pool_after_1: { executor: 'constant-vus', vus: 1, duration: '5s', startTime: '178s', gracefulStop: '2s' },
    baseline: { executor: 'per-vu-iterations', vus: 1, iterations: 20, maxDuration: '60s', startTime: '188s', gracefulStop: '2s' },
  },
  // Beyond these our rules fail; what is between them and a pass is told from the counters.
  thresholds: {
    http_req_failed: [{ threshold: 'rate<=0.5', abortOnFail: true, delayAbortEval: '10s' }],
    'http_req_failed{scenario:steps_50}': ['rate<=0.05'],
    'http_req_duration{scenario:steps_50}': ['p(95)<=2000'],
    'http_req_failed{scenario:sustained}': ['rate<=0.05'],
    'http_req_duration{scenario:sustained}': ['p(95)<=2000'],
    'http_req_failed{scenario:sustained_2}': ['rate<=0.05'],
    'http_req_duration{scenario:sustained_2}': ['p(95)<=2000'],
    'http_req_failed{scenario:burst_50}': ['rate<=0.05'],
    'http_req_duration{scenario:burst_50}': ['p(95)<=2000'],
    'http_req_failed{scenario:pool_50}': ['rate<=0.05'],
    'http_req_duration{scenario:pool_50}': ['p(95)<=2000'],
  },
};

http.setResponseCallback(http.expectedStatuses({ min: 200, max: 299 }));

// Latencies of good answers, a counter a bucket: unlike percentiles they add up.
const edges = [1,2,3,5,7,10,15,20,30,50,70,100,150,200,300,500,700,1000,1500,2000,3000,5000,7000,10000];
const buckets = edges.map((edge) => new Counter(`gonogo_lat_le_${edge}`));
const beyond = new Counter('gonogo_lat_le_inf');
const asked = new Counter('gonogo_requests');
const failed = new Counter('gonogo_failed');

export default function () {
  const plan = plans[exec.scenario.name];
  const r = requests[plan.turns[exec.scenario.iterationInTest % plan.turns.length]];
  const early = Date.now() - exec.scenario.startTime < plan.warm;
  const answer = http.request(r.method, r.url, r.body, { headers: r.headers, timeout: '10s', redirects: 0, tags: { name: r.name } });
  if (!plan.judged || early) {
    return;
  }
  asked.add(1);
  if (answer.status < 200 || answer.status > 299) {
    failed.add(1);
    return;
  }
  const at = edges.findIndex((edge) => answer.timings.duration <= edge);
  (at < 0 ? beyond : buckets[at]).add(1);
}

export function handleSummary(data) {
  data.gonogo = { plan: '311c06b41d5f', users: 200, ended: new Date().toISOString() };
  if (__ENV.GONOGO_BUILD) {
    data.build = __ENV.GONOGO_BUILD;
  }
  const count = (name) => (data.metrics[name] ? data.metrics[name].values.count : 0);
  const file = __ENV.GONOGO_SUMMARY || 'gonogo-k6.json';
  return {
    [file]: JSON.stringify(data, null, 1),
    stdout: `${count('gonogo_requests')} requests count, ${count('gonogo_failed')} of them failed; written to ${file}\n`,
  };
}
