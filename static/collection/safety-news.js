// @ts-check
/** Tells an open queue that a case was raised since it was loaded. It shows that, and never moves the page. */

const EVERY_MS = 10_000;
const notice = document.getElementById("safety-news");

async function look() {
  if (!notice || document.hidden) return;
  try {
    const answer = await fetch(notice.dataset.newsUrl ?? "", { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const { newest } = await answer.json();
    if (newest > Number(notice.dataset.newest) && notice.hidden) {
      notice.hidden = false;
      document.title = `● ${document.title}`;
    }
  } catch {
    // The next look comes by itself.
  }
}

setInterval(look, EVERY_MS);
document.addEventListener("visibilitychange", look);
