"""Fetch the videos whose webhook was lost: run it every few minutes, beside any of the programs.

export REPLICATE_API_TOKEN=… VIDEOS=videos
python examples/webhooks/catch_up.py
"""

import os
from pathlib import Path

from tarash.tarash_gateway import (
    SqliteJournal,
    TarashException,
    check_video,
    pending_videos,
    save_video,
)

VIDEOS = Path(os.environ.get("VIDEOS", "videos"))


def main() -> None:
    """Ask once for each job that has not ended as far as the journal knows."""
    journal = SqliteJournal(VIDEOS / "journal.sqlite3")
    for entry in pending_videos(journal):
        if entry.generation.request_id is None:
            continue  # nobody knows whether there is a job
        try:
            checked = check_video(entry.generation, journal=journal)
            if checked.response is not None:
                path = VIDEOS / f"{checked.request_id}.mp4"
                print(save_video(checked.response, path, overwrite=True).path)
        except TarashException as error:
            print(error)


if __name__ == "__main__":
    main()
