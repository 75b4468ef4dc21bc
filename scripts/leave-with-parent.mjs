// Loaded before the program that run.mjs starts: when run.mjs is gone, however it went, the program is asked to end.
if (process.channel) {
  process.channel.unref();
  process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
}
