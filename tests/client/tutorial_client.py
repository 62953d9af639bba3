import asyncio

from agui_notebook import AGUIError, connect

SHOW = {
    "RUN_STARTED": "\033[93m[Run Started - Thread: {threadId}, Run: {runId}]\033[0m\n",
    "TEXT_MESSAGE_CONTENT": "\033[96m{delta}\033[0m",
    "RUN_FINISHED": "\n\033[92m[Run Finished - Thread: {threadId}, Run: {runId}]\033[0m\n",
}


async def main(session):
    while (text := input("\nUser (:q or quit to exit): ")).lower() not in (":q", "quit"):
        try:
            async for event in session.stream(text):
                print(SHOW.get(event["type"], "").format_map(event), end="", flush=True)
        except AGUIError as error:
            print(f"\n\033[91m[Run Error - Message: {error}]\033[0m")


asyncio.run(main(connect()))
