"""A weather service as remote services are: slow, and now and then not there at all."""

import asyncio
import random

from starlette.applications import Starlette
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route

# Of the document: 0.5 % of the calls time out, an answer takes 650 ms on average and 850 at P99.
TIMEOUT_SHARE = 0.005
FAILURE_SHARE = 0.003


async def forecast(request):
    """Two days for a city."""
    luck = random.random()
    if luck < TIMEOUT_SHARE:
        await asyncio.sleep(30)
    await asyncio.sleep(0.42 + random.lognormvariate(5.35, 0.28) / 1000)
    if luck < TIMEOUT_SHARE + FAILURE_SHARE:
        return PlainTextResponse("overloaded", 503, {"retry-after": "1"})
    hours = [{"hour": hour, "celsius": round(random.gauss(14, 5), 1)} for hour in range(48)]
    return JSONResponse({"city": request.query_params.get("city", ""), "hourly": hours})


async def health(_request):
    """Whether it runs."""
    return PlainTextResponse("ok")


app = Starlette(routes=[Route("/forecast", forecast), Route("/health", health)])
