import assert from 'node:assert/strict';
import { test } from 'node:test';
import { liveRows } from '../../../src/cli/get/live-rows.ts';
import type { TableRow } from '../../../src/cli/get/table-row.ts';
import { plainStyle } from '../../../src/render/style.ts';

const style = { ...plainStyle(true), strong: (text: string) => `*${text}*`, dim: (text: string) => `(${text})` };
const headers = ['NAME', 'STATUS', 'AGE'];

function row(name: string, status: string, age: string): TableRow {
  const made = {
    key: `uid-${name}`,
    place: `prod\0${name}`,
    version: '1',
    cells: [name, status, age],
    ages: new Set([2]),
    paint: (cell: string) => cell,
    asDeleted: (word: string): TableRow => ({ ...made, cells: [name, word, age] }),
  };
  return made;
}

const keys = (rows: readonly TableRow[]) => new Set(rows.map(({ key }) => key));

test('a changed cell stands out for three seconds; what time alone changes does not', () => {
  const table = liveRows(headers, style);
  const lines = (rows: readonly TableRow[], at: number) => table.lines(rows, keys(rows), at);
  assert.deepEqual(lines([row('web', 'OK', '1s')], 1000), ['NAME   STATUS   AGE', 'web    OK       1s']);
  assert.deepEqual(lines([row('web', 'Drift', '2s')], 2000), ['NAME   STATUS   AGE', 'web    *Drift*    2s']);
  assert.deepEqual(lines([row('web', 'Drift', '4s')], 4999), ['NAME   STATUS   AGE', 'web    *Drift*    4s']);
  assert.deepEqual(lines([row('web', 'Drift', '5s')], 5000), ['NAME   STATUS   AGE', 'web    Drift    5s']);
});

test('a new row stands out, but not those that were there at first', () => {
  const table = liveRows(undefined, style);
  const first = [row('web', 'OK', '1d')];
  assert.deepEqual(table.lines(first, keys(first), 0), ['web   OK    1d']);
  const both = [row('api', 'NoService', '0s'), ...first];
  assert.deepEqual(table.lines(both, keys(both), 100), ['*api*   *NoService*   *0s*', 'web   OK          1d']);
});

test('a deleted row stays for ten seconds where it was, dim, and says since when', () => {
  const table = liveRows(undefined, style);
  const all = ['api', 'db', 'web'].map((name) => row(name, 'OK', '1d'));
  table.lines(all, keys(all), 0);
  const left = all.filter(({ key }) => key !== 'uid-db');
  assert.deepEqual(table.lines(left, keys(left), 1000), [
    'api   OK               1d',
    '(db    deleted 0s ago   1d)',
    'web   OK               1d',
  ]);
  assert.deepEqual(table.lines(left, keys(left), 10_999)[1], '(db    deleted 9s ago   1d)');
  assert.deepEqual(table.lines(left, keys(left), 11_000), ['api   OK    1d', 'web   OK    1d']);
});

test('a row that is only not shown any more is not called deleted', () => {
  const table = liveRows(undefined, style);
  const all = [row('api', 'OK', '1d'), row('web', 'OK', '1d')];
  table.lines(all, keys(all), 0);
  assert.deepEqual(table.lines([row('api', 'OK', '1d')], keys(all), 1000), ['api   OK    1d']);
});

test('without rows there are no lines, not even a header', () => {
  assert.deepEqual(liveRows(headers, style).lines([], new Set(), 0), []);
});
