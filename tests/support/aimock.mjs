// Runs aimock, whose command line has no option for jobs that take several polls, and prints its URL.
// Arguments: the URL of its module.
const { createServer } = await import(process.argv[2]);
const polls = { pollsBeforeInProgress: 2, pollsBeforeCompleted: 3 };
const running = await createServer([], {
  host: "127.0.0.1",
  port: 0,
  logLevel: "silent",
  strict: true,
  falQueue: polls,
  veoVideo: polls,
});
console.log(running.url);
// Whoever started this holds its input open, and ends it by closing it.
process.stdin.on("end", () => process.exit(0)).resume();
