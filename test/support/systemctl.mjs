#!/usr/bin/env node
// `systemctl --user` where no systemd runs: reads the real unit files and starts what they say, as far as deploy.sh needs it.
// Processes outlive the command, as real ones do; `stop` waits for their end.
import { spawn } from 'node:child_process';
import { mkdirSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const units = join(process.env.XDG_CONFIG_HOME, 'systemd', 'user');
const state = join(process.env.XDG_CONFIG_HOME, 'running');
mkdirSync(state, { recursive: true });

const [verb, ...names] = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const isNow = process.argv.includes('--now');

/** The words of a value, `"…"` as one. */
const words = (text) => [...text.matchAll(/"([^"]*)"|(\S+)/g)].map((match) => match[1] ?? match[2]);

function readUnit(name) {
  const instance = /@([^.]*)\./.exec(name)?.[1] ?? '';
  const service = {};
  for (const line of readFileSync(join(units, name.replace(/@[^.]*\./, '@.')), 'utf8').split('\n')) {
    const [, key, value] = /^([A-Za-z]+)=(.*)$/.exec(line) ?? [];
    if (key) service[key] = [...(service[key] ?? []), value.replaceAll('%i', instance)];
  }
  return service;
}

function environmentOf(service) {
  const { PATH, HOME, LD_LIBRARY_PATH } = process.env;
  const env = { PATH, HOME, ...(LD_LIBRARY_PATH && { LD_LIBRARY_PATH }) };
  const lines = (service.EnvironmentFile ?? []).flatMap((file) => readFileSync(file, 'utf8').split('\n'));
  for (const pair of [...(service.Environment ?? []).flatMap(words), ...lines]) {
    const [, key, value] = /^([A-Z_]+)=(.*)$/.exec(pair) ?? [];
    if (key) env[key] = value.replace(/^"(.*)"$/, '$1');
  }
  for (const key of (service.UnsetEnvironment ?? []).flatMap(words)) delete env[key];
  return env;
}

function pidOf(name) {
  try {
    const pid = Number(readFileSync(join(state, name), 'utf8'));
    // A process that ended and that nobody has asked about is still there, as `Z`.
    return /\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8')) ? null : pid;
  } catch {
    return null;
  }
}

function start(name) {
  if (!name.endsWith('.service') || pidOf(name)) return;
  const service = readUnit(name);
  const log = openSync(join(state, `${name}.log`), 'a');
  const [command, ...args] = words(service.ExecStart[0]);
  const child = spawn(command, args, {
    cwd: service.WorkingDirectory[0],
    env: environmentOf(service),
    detached: true,
    stdio: ['ignore', log, log],
  });
  writeFileSync(join(state, name), String(child.pid));
  child.unref();
}

async function stop(name) {
  const pid = pidOf(name);
  if (pid) process.kill(pid, 'SIGTERM');
  for (let waits = 0; pidOf(name); waits++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    if (waits === 1500) process.kill(pid, 'SIGKILL');
  }
  rmSync(join(state, name), { force: true });
}

const known = () => readdirSync(state).filter((name) => name.endsWith('.service'));
const matching = (pattern) =>
  known().filter((name) => name.startsWith(pattern.replace(/\*$/, '')) && (pattern.endsWith('*') || name === pattern));

if (verb === 'enable' || verb === 'start') {
  for (const name of names) if (verb === 'start' || isNow) start(name);
} else if (verb === 'stop') {
  await Promise.all(names.flatMap(matching).map(stop));
} else if (verb === 'restart') {
  for (const name of names) {
    await stop(name);
    start(name);
  }
} else if (verb === 'list-units') {
  for (const name of known()) console.log(`${name} ${pidOf(name) ? 'active running' : 'failed'}`);
} else if (verb === 'is-active') {
  process.exit(names.every(pidOf) ? 0 : 3);
} else if (verb !== 'daemon-reload') {
  console.error(`systemctl ${verb}?`);
  process.exit(1);
}
