// Loads the list again while a job runs, without disturbing a video that plays.
const section = document.getElementById("jobs");

async function refresh() {
  const playing = [...section.querySelectorAll("video")].some((video) => !video.paused);
  if (!playing && !document.hidden) {
    try {
      const reply = await fetch("/jobs", { redirect: "error" });
      if (reply.ok) {
        const text = await reply.text();
        if (text !== refresh.last) {
          section.innerHTML = text;
          refresh.last = text;
        }
      }
    } catch {
      // The service restarts: the next try finds it again.
    }
  }
  setTimeout(refresh, 2000);
}

setTimeout(refresh, 2000);
