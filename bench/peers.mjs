// The bench queries with DuckDB, in this process, one thread, over the same file, turn and turn about with whole runs of Millrace.
//
//   node peers.mjs MILLRACE SQL_FOLDER DATA.ndjson USERS.csv REPEATS [QUERY…]
//
// What DuckDB takes to start and to load its JSON extension is not counted; of Millrace the whole process is. Answers are compared before anything is timed.

import { spawnSync } from 'node:child_process';
import { DuckDBInstance } from '@duckdb/node-api';

const [millrace, folder, data, users, repeats, ...wanted] = process.argv.slice(2);
const columns = {
  Arrival_Time: 'BIGINT', Creation_Time: 'BIGINT', Device: 'VARCHAR', Index: 'BIGINT', Model: 'VARCHAR', User: 'VARCHAR', gt: 'VARCHAR',
  x: 'DOUBLE', y: 'DOUBLE', z: 'DOUBLE',
};
const quoted = (text) => `'${text.replaceAll("'", "''")}'`;
const declared = Object.entries(columns).map(([name, type]) => `"${name}": '${type}'`).join(', ');
const iot = `read_json(${quoted(data)}, format = 'newline_delimited', columns = {${declared}})`;
const complete = Object.keys(columns).map((name) => `"${name}" IS NOT NULL`).join(' AND ');
const time = 'CAST(Creation_Time AS DOUBLE) / 1e9';

const queries = {
  q1: `SELECT gt, count(*) AS n FROM ${iot} WHERE ${complete} GROUP BY gt`,
  q2: `SELECT gt, Model, avg(x) AS ax, avg(y) AS ay, avg(z) AS az FROM ${iot} WHERE ${complete} GROUP BY CUBE (gt, Model)`,
  q3: `SELECT CAST(floor(${time} / 5) * 5 AS BIGINT) AS start, count(*) AS n FROM ${iot} WHERE Creation_Time IS NOT NULL GROUP BY 1`,
  q4: `SELECT pane + shift AS start, count(*) AS n FROM (SELECT CAST(floor(${time} / 5) * 5 AS BIGINT) AS pane FROM ${iot}
       WHERE Creation_Time IS NOT NULL), (VALUES (0), (-5)) AS shifts(shift) GROUP BY 1`,
  q5: `SELECT "User", FirstName, LastName, count(*) AS n FROM ${iot} JOIN read_csv(${quoted(users)}, delim = ';', header = true) USING ("User")
       GROUP BY ALL`,
  q6: `SELECT gt, Model, Arrival_Time, Creation_Time FROM ${iot} WHERE gt LIKE '%stairs%'`,
  q7: `SELECT sum(x * y + z) AS s FROM ${iot} WHERE x > 0.9 AND gt = 'walk'`,
};

const instance = await DuckDBInstance.create(':memory:');
const duckdb = await instance.connect();
await duckdb.run('SET threads = 1');
await duckdb.run('SET preserve_insertion_order = false');

function runMillrace(query, keepsOutput) {
  const words = ['run', `${folder}/${query}.sql`, '--format', 'json', '--var', `DATA=${data}`, '--var', `USERS=${users}`];
  const from = process.hrtime.bigint();
  const child = spawnSync(millrace, words, { stdio: ['ignore', keepsOutput ? 'pipe' : 'ignore', 'ignore'], maxBuffer: 2 ** 31 - 1 });
  if (child.status !== 0) throw new Error(`millrace failed for ${query}`);
  return { seconds: Number(process.hrtime.bigint() - from) / 1e9, text: keepsOutput ? child.stdout.toString() : '' };
}

async function runDuckdb(query) {
  // Rows of q6 are written as JSON by both.
  const text = query === 'q6' ? `COPY (${queries.q6}) TO '/dev/null' (FORMAT json)` : queries[query];
  const from = process.hrtime.bigint();
  await (await duckdb.runAndReadAll(text)).getRows();
  return Number(process.hrtime.bigint() - from) / 1e9;
}

// Doubles to ten digits, as sums depend on the order of addition.
const cell = (value) => (typeof value === 'number' && !Number.isInteger(value) ? value.toPrecision(10) : value === null ? 'null' : String(value));
const sortedRows = (rows) => rows.map((row) => Object.keys(row).sort().map((key) => `${key}=${cell(row[key])}`).join(' ')).sort();
// Integers beyond 2^53 keep their digits.
const parsed = (line) => JSON.parse(line.replace(/:(-?\d{16,})(?=[,}])/g, ':"$1"'));

async function checkAnswers(query) {
  const ours = sortedRows(runMillrace(query, true).text.trim().split('\n').map(parsed));
  const theirs = sortedRows((await duckdb.runAndReadAll(queries[query])).getRowObjects().map((row) =>
    Object.fromEntries(Object.entries(row).map(([key, value]) => [key, typeof value === 'bigint' ? String(value) : value]))));
  const at = ours.findIndex((row, i) => row !== theirs[i]);
  if (ours.length !== theirs.length || at >= 0) {
    throw new Error(`${query}: answers differ, ${ours.length} and ${theirs.length} rows:\n  millrace ${ours[at]}\n  duckdb   ${theirs[at]}`);
  }
}

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
const [{ count, version }] = (await duckdb.runAndReadAll(`SELECT count(*)::DOUBLE AS count, version() AS version FROM ${iot}`)).getRowObjects();
console.log(`${count} rows, DuckDB ${version}, one thread`);
console.log('query    ns a row     duckdb    ratio   spread');
const ratios = [];
for (const query of wanted.length > 0 ? wanted : Object.keys(queries)) {
  await checkAnswers(query);
  const ours = [];
  const theirs = [];
  for (let i = 0; i < Number(repeats); ++i) {
    ours.push(runMillrace(query, false).seconds);
    theirs.push(await runDuckdb(query));
  }
  const each = ours.map((seconds, i) => theirs[i] / seconds);
  ratios.push(median(each));
  const ns = (values) => ((Math.min(...values) / count) * 1e9).toFixed(1).padStart(10);
  console.log(`${query.padEnd(6)} ${ns(ours)} ${ns(theirs)} ${median(each).toFixed(2).padStart(8)}   ${Math.min(...each).toFixed(2)} - ${Math.max(...each).toFixed(2)}`);
}
console.log(`geometric mean of the ratios: ${Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length).toFixed(2)}`);
