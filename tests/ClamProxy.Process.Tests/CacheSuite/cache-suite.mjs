// Runs the public suite of HTTP caches (npm's http-cache-tests): its origin server, or its client against a cache.
//   node cache-suite.mjs PACKAGE origin                      prints "listening PORT"
//   node cache-suite.mjs PACKAGE client CACHE ORIGIN [ID…]   prints a JSON array of {id, suite, kind, outcome, detail}
// Differences from the package's own programs: what the client tells the origin about a test goes there directly, for a cache under test
// may refuse it; and the number of a request also travels as its X-Request-ID, since ClamProxy sends no field upstream that it does not
// know. The package's tests and its judgements are used as they are.
import http from 'node:http'
import path from 'node:path'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

const [packageFolder, mode, ...rest] = process.argv.slice(2)
const load = file => import(pathToFileURL(path.join(packageFolder, file)))

if (mode === 'origin') await serve()
else await run(rest[0].replace(/\/$/, ''), rest[1].replace(/\/$/, ''), rest.slice(2))

async function serve () {
  const handlers = {
    config: (await load('server/handle-config.mjs')).default,
    state: (await load('server/handle-state.mjs')).default,
    test: (await load('server/handle-test.mjs')).default
  }
  // The handlers say there what is unusual; nobody reads it.
  console.log = () => {}
  const server = http.createServer((request, response) => {
    const [, kind, ...segments] = new URL(request.url, 'http://localhost').pathname.split('/')
    if (request.headers['req-num'] === undefined) {
      request.headers['req-num'] = String(parseInt((request.headers['x-request-id'] ?? '').slice(-4), 10))
    }
    if (handlers[kind]) handlers[kind](segments, request, response)
    else response.writeHead(404).end()
  })
  server.keepAliveTimeout = 60_000
  server.listen(0, '127.0.0.1', () => process.stdout.write(`listening ${server.address().port}\n`))
}

async function run (cache, origin, ids) {
  const fetch = createRequire(path.join(packageFolder, 'package.json'))('node-fetch')
  const tests = (await load('tests/index.mjs')).default
  tests.push((await load('tests/surrogate-control.mjs')).default)
  const chosen = tests.map(suite => ({ ...suite, tests: suite.tests.filter(test => ids.length === 0 || ids.includes(test.id)) }))
  if (ids.length > 0) chosen.forEach(suite => suite.tests.forEach(test => { test.dump = true }))
  const { runTests, getResults } = await load('client/runner.mjs')
  await runTests(chosen, (url, init) => fetch(rerouted(url, cache, origin), numbered(init)), false, cache)
  const results = getResults()
  const told = chosen.flatMap(suite => suite.tests.filter(test => test.id in results).map(test => ({
    id: test.id,
    suite: suite.id,
    kind: test.kind ?? 'required',
    outcome: outcomeOf(tests, test, results),
    detail: results[test.id] === true ? '' : String(results[test.id][1])
  })))
  process.stdout.write(JSON.stringify(told) + '\n')
}

function rerouted (url, cache, origin) {
  return /^\/(config|state)\//.test(url.slice(cache.length)) ? origin + url.slice(cache.length) : url
}

function numbered (init) {
  const number = init?.headers?.find?.(([name]) => name === 'Req-Num')?.[1]
  if (number === undefined) return init
  // Of the form that goes upstream unchanged.
  return { ...init, headers: [...init.headers, ['X-Request-ID', 'c'.repeat(28) + number.padStart(4, '0')]] }
}

// As the package's lib/display.mjs has it, whose module needs a browser.
function outcomeOf (suites, test, results) {
  const result = results[test.id]
  const byId = id => suites.flatMap(suite => suite.tests).find(other => other.id === id)
  if (result === undefined) return 'untested'
  if ((test.depends_on ?? []).some(id => outcomeOf(suites, byId(id), results) !== 'pass')) return 'dependency'
  return result === true ? 'pass' : result[0] === 'Setup' ? 'setup' : 'fail'
}
