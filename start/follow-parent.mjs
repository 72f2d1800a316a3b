// Loaded before a supervised process: when the supervisor dies without a word (kill -9), its end of the channel closes and the process stops as if
// told to. Otherwise it would keep its port and work on, unseen, on a database that the next start replaces.
process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
process.channel?.unref();
