// The bench queries with DuckDB or ClickHouse, in this process, one thread, over the same file, turn and turn about with whole runs of Millrace.
//
//   node peers.mjs duckdb|clickhouse MILLRACE SQL_FOLDER DATA.ndjson USERS.csv REPEATS [QUERY…]
//
// What the peer takes to start is not counted; of Millrace the whole process is. Answers are compared before anything is timed.

import { spawnSync } from 'node:child_process';

const [peerName, millrace, folder, data, users, repeats, ...wanted] = process.argv.slice(2);
const columns = {
  Arrival_Time: 'BIGINT', Creation_Time: 'BIGINT', Device: 'VARCHAR', Index: 'BIGINT', Model: 'VARCHAR', User: 'VARCHAR', gt: 'VARCHAR',
  x: 'DOUBLE', y: 'DOUBLE', z: 'DOUBLE',
};
const quoted = (text) => `'${text.replaceAll("'", "''")}'`;
const complete = Object.keys(columns).map((name) => `"${name}" IS NOT NULL`).join(' AND ');
const time = 'CAST(Creation_Time AS DOUBLE) / 1e9';

/// The queries, where `iot` and `people` are the tables of the peer's SQL, and `cube` and `shifted` what each says in its own way.
const queriesOver = ({ iot, people, cube, shifted }) => ({
  q1: `SELECT gt, count(*) AS n FROM ${iot} WHERE ${complete} GROUP BY gt`,
  q2: `SELECT gt, Model, avg(x) AS ax, avg(y) AS ay, avg(z) AS az FROM ${iot} WHERE ${complete} GROUP BY CUBE (gt, Model) ${cube}`,
  q3: `SELECT CAST(floor(${time} / 5) * 5 AS BIGINT) AS start, count(*) AS n FROM ${iot} WHERE Creation_Time IS NOT NULL GROUP BY start`,
  q4: `SELECT pane + shift AS start, count(*) AS n FROM (SELECT CAST(floor(${time} / 5) * 5 AS BIGINT) AS pane FROM ${iot}
       WHERE Creation_Time IS NOT NULL) AS panes ${shifted} GROUP BY start`,
  q5: `SELECT "User", FirstName, LastName, count(*) AS n FROM ${iot} AS iot JOIN ${people} AS people USING ("User") GROUP BY "User", FirstName, LastName`,
  q6: `SELECT gt, Model, Arrival_Time, Creation_Time FROM ${iot} WHERE gt LIKE '%stairs%'`,
  q7: `SELECT sum(x * y + z) AS s FROM ${iot} WHERE x > 0.9 AND gt = 'walk'`,
});

/// A peer has its queries, runs one to its end, and gives the rows of one as objects whose integers are text.
const peers = {
  async duckdb() {
    const { DuckDBInstance } = await import('@duckdb/node-api');
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    await connection.run('SET threads = 1');
    await connection.run('SET preserve_insertion_order = false');
    const declared = Object.entries(columns).map(([name, type]) => `"${name}": '${type}'`).join(', ');
    const queries = queriesOver({
      iot: `read_json(${quoted(data)}, format = 'newline_delimited', columns = {${declared}})`,
      people: `read_csv(${quoted(users)}, delim = ';', header = true)`,
      cube: '',
      shifted: ', (VALUES (0), (-5)) AS shifts(shift)',
    });
    return {
      name: 'DuckDB',
      queries,
      version: async () => (await connection.runAndReadAll('SELECT version() AS version')).getRowObjects()[0].version,
      // Rows of q6 are written as JSON by all.
      run: async (query) => {
        const text = query === 'q6' ? `COPY (${queries.q6}) TO '/dev/null' (FORMAT json)` : queries[query];
        await (await connection.runAndReadAll(text)).getRows();
      },
      rows: async (text) => (await connection.runAndReadAll(text)).getRowObjects().map((row) =>
        Object.fromEntries(Object.entries(row).map(([key, value]) => [key, typeof value === 'bigint' ? String(value) : value]))),
    };
  },

  async clickhouse() {
    const { default: chdb } = await import('chdb');
    const types = { BIGINT: 'Int64', VARCHAR: 'String', DOUBLE: 'Float64' };
    const declared = Object.entries(columns).map(([name, type]) => `\`${name}\` Nullable(${types[type]})`).join(', ');
    const queries = queriesOver({
      iot: `file(${quoted(data)}, 'JSONEachRow', ${quoted(declared)})`,
      people: `file(${quoted(users)}, 'CSVWithNames')`,
      cube: '',
      shifted: 'ARRAY JOIN [0, -5] AS shift',
    });
    const settings = " SETTINGS max_threads = 1, input_format_parallel_parsing = 0, output_format_parallel_formatting = 0, group_by_use_nulls = 1, format_csv_delimiter = ';'";
    return {
      name: 'ClickHouse',
      queries,
      version: async () => chdb.query('SELECT version()', 'TSV').trim(),
      run: async (query) => {
        if (query === 'q6') chdb.query(`INSERT INTO FUNCTION file('/dev/null', 'JSONEachRow') ${queries.q6}${settings}`, 'Null');
        else chdb.query(queries[query] + settings, 'Null');
      },
      // 64-bit integers are quoted. Beside the rows chdb may give a line that is none: a number by itself.
      rows: async (text) => chdb.query(text + settings + ', output_format_json_quote_64bit_integers = 1', 'JSONEachRow').split('\n').filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line)),
    };
  },
};
if (!(peerName in peers)) throw new Error(`no peer '${peerName}': ${Object.keys(peers).join(', ')}`);
const peer = await peers[peerName]();

function runMillrace(query, keepsOutput) {
  const words = ['run', `${folder}/${query}.sql`, '--format', 'json', '--var', `DATA=${data}`, '--var', `USERS=${users}`];
  const from = process.hrtime.bigint();
  const child = spawnSync(millrace, words, { stdio: ['ignore', keepsOutput ? 'pipe' : 'ignore', 'ignore'], maxBuffer: 2 ** 31 - 1 });
  if (child.status !== 0) throw new Error(`millrace failed for ${query}`);
  return { seconds: Number(process.hrtime.bigint() - from) / 1e9, text: keepsOutput ? child.stdout.toString() : '' };
}

async function runPeer(query) {
  const from = process.hrtime.bigint();
  await peer.run(query);
  return Number(process.hrtime.bigint() - from) / 1e9;
}

// Doubles to ten digits, as sums depend on the order of addition.
const cell = (value) => (typeof value === 'number' && !Number.isInteger(value) ? value.toPrecision(10) : value === null ? 'null' : String(value));
const sortedRows = (rows) => rows.map((row) => Object.keys(row).sort().map((key) => `${key}=${cell(row[key])}`).join(' ')).sort();
// Integers beyond 2^53 keep their digits.
const parsed = (line) => JSON.parse(line.replace(/:(-?\d{16,})(?=[,}])/g, ':"$1"'));

async function checkAnswers(query) {
  const ours = sortedRows(runMillrace(query, true).text.trim().split('\n').map(parsed));
  const theirs = sortedRows(await peer.rows(peer.queries[query]));
  const at = ours.findIndex((row, i) => row !== theirs[i]);
  if (ours.length !== theirs.length || at >= 0) {
    throw new Error(`${query}: answers differ, ${ours.length} and ${theirs.length} rows:\n  millrace ${ours[at]}\n  ${peer.name} ${theirs[at]}`);
  }
}

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
const count = Number((await peer.rows(peer.queries.q7.replace(/^SELECT .* FROM/, 'SELECT count(*) AS count FROM').replace(/ WHERE .*$/, '')))[0].count);
console.log(`${count} rows, ${peer.name} ${await peer.version()}, one thread`);
console.log(`query    ns a row ${peer.name.padStart(10)}    ratio   spread`);
const ratios = [];
for (const query of wanted.length > 0 ? wanted : Object.keys(peer.queries)) {
  await checkAnswers(query);
  const ours = [];
  const theirs = [];
  for (let i = 0; i < Number(repeats); ++i) {
    ours.push(runMillrace(query, false).seconds);
    theirs.push(await runPeer(query));
  }
  const each = ours.map((seconds, i) => theirs[i] / seconds);
  ratios.push(median(each));
  const ns = (values) => ((Math.min(...values) / count) * 1e9).toFixed(1).padStart(10);
  console.log(`${query.padEnd(6)} ${ns(ours)} ${ns(theirs)} ${median(each).toFixed(2).padStart(8)}   ${Math.min(...each).toFixed(2)} - ${Math.max(...each).toFixed(2)}`);
}
console.log(`geometric mean of the ratios: ${Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length).toFixed(2)}`);
