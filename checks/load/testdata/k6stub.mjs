// Stands in for k6: runs every scenario of the script load.mjs beside it and prints what came
// of it. Argument 1 is what the environment holds, argument 2 the latencies and statuses of
// the answers in turn.
import { writeFileSync, mkdirSync } from 'node:fs';

globalThis.__ENV = JSON.parse(process.argv[2]);
const answers = JSON.parse(process.argv[3]);
globalThis.stub = { counters: {}, sent: [], scenario: {}, expected: null, at: 0, answers };

for (const [name, text] of Object.entries({
  'execution': 'export default { get scenario() { return globalThis.stub.scenario; } };',
  'metrics': 'export class Counter { constructor(n) { this.n = n; } add(v) { const c = globalThis.stub.counters; c[this.n] = (c[this.n] || 0) + v; } }',
  'http': `export default {
    setResponseCallback(e) { globalThis.stub.expected = e; },
    expectedStatuses: (e) => e,
    request(method, url, body, params) {
      const s = globalThis.stub;
      s.sent.push({ method, url, body, headers: params.headers, timeout: params.timeout, redirects: params.redirects, name: params.tags.name });
      const [status, duration] = s.answers[s.at++ % s.answers.length];
      return { status, timings: { duration } };
    },
  };`,
})) {
  mkdirSync('node_modules/k6', { recursive: true });
  writeFileSync('node_modules/k6/package.json', '{"name":"k6","type":"module","exports":{"./*":"./*.js"}}');
  writeFileSync(`node_modules/k6/${name}.js`, text);
}
const script = await import(process.cwd() + '/load.mjs');
const scenarios = script.options.scenarios;
for (const name of Object.keys(scenarios)) {
  for (let i = 0; i < 40; i++) {
    globalThis.stub.scenario = { name, iterationInTest: i, startTime: Date.now() - (i < 4 ? 0 : 60000) };
    script.default();
  }
}
const metrics = {};
for (const [name, count] of Object.entries(globalThis.stub.counters)) {
  metrics[name] = { type: 'counter', values: { count, rate: 1 } };
}
metrics.vus = { type: 'gauge', values: { value: 1, min: 1, max: 200 } };
const written = script.handleSummary({ root_group: {}, state: {}, metrics });
console.log(JSON.stringify({ options: script.options, counters: globalThis.stub.counters, sent: globalThis.stub.sent, expected: globalThis.stub.expected, written }));
