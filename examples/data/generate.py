"""Writes the example data beside this file: the same bytes on every run.

    python3 examples/data/generate.py
"""

import json
import random
from datetime import datetime, timedelta, timezone
from pathlib import Path

HERE = Path(__file__).parent
RANDOM = random.Random(20260101)
ORDERS = 320

REGIONS = {"eu-north": "EUR", "eu-south": "EUR", "us-east": "USD", "us-west": "USD", "ap-east": "SGD"}
CUSTOMERS = [
    "bluefin-cycles", "cedar-outfitters", "delta-camp-supply", "fjord-paddling", "granite-climbing",
    "harbor-sails", "juniper-trails", "kestrel-optics", "lakeside-rentals", "meridian-travel",
    "northgate-sports", "orchard-gardens", "pinecone-toys", "quarry-tools", "ridgeline-ski",
]
KINDS = {
    "TNT": ("tent", 8900, 42900), "BAG": ("backpack", 3900, 21900), "LMP": ("lamp", 1200, 6900),
    "STV": ("stove", 2900, 12900), "MAT": ("sleeping mat", 2400, 17900), "RPE": ("rope", 3500, 19900),
    "BTL": ("bottle", 900, 3900), "KNF": ("knife", 1900, 9900),
}
WAREHOUSES = ["rotterdam", "newark", "reno", "singapore"]


def catalog() -> dict:
    items = {}
    for prefix, (kind, low, high) in KINDS.items():
        for number in range(1, 7):
            items[f"{prefix}-{number:03}"] = {
                "name": f"{kind} {'SMLX'[number % 4]}{number}",
                "price_cents": RANDOM.randrange(low, high, 50),
                "weight_g": RANDOM.randrange(80, 4200, 10),
            }
    return items


def stock(items: dict) -> dict:
    return {
        sku: {"on_hand": RANDOM.choice([0, 12, 60, 150, 150, 400, 400]), "warehouse": RANDOM.choice(WAREHOUSES)}
        for sku in items
    }


def order(number: int, items: dict) -> dict:
    region = RANDOM.choice(list(REGIONS))
    lines = [
        {"sku": sku, "quantity": RANDOM.choice([1, 1, 1, 2, 2, 3, 5, 10]), "price_cents": items[sku]["price_cents"]}
        for sku in RANDOM.sample(list(items), RANDOM.choice([1, 1, 2, 2, 3, 4, 6]))
    ]
    placed = datetime(2026, 1, 5, 6, tzinfo=timezone.utc) + timedelta(minutes=17 * number, seconds=RANDOM.randrange(60))
    return {
        "order_id": f"ORD-{10000 + number}",
        "region": region,
        "currency": REGIONS[region],
        "customer": RANDOM.choice(CUSTOMERS),
        "placed_at": placed.isoformat().replace("+00:00", "Z"),
        "lines": lines,
        "total_cents": sum(line["quantity"] * line["price_cents"] for line in lines),
    }


def spoil(order: dict, how: int) -> None:
    """Makes one of the mistakes that real order feeds make."""
    line = order["lines"][0]
    if how == 0:
        line["quantity"] = 0
    elif how == 1:
        line["sku"] = "XXX-999"
    elif how == 2:
        order["lines"] = []
    elif how == 3:
        del order["region"]
    else:
        order["total_cents"] += 100


def main() -> None:
    items = catalog()
    levels = stock(items)
    orders = [order(number, items) for number in range(1, ORDERS + 1)]
    for position, spoiled in enumerate(range(13, ORDERS, 27)):
        spoil(orders[spoiled], position % 5)
    (HERE / "catalog.json").write_text(json.dumps(items, indent=1) + "\n")
    (HERE / "stock.json").write_text(json.dumps(levels, indent=1) + "\n")
    (HERE / "orders.jsonl").write_text("".join(json.dumps(each) + "\n" for each in orders))


if __name__ == "__main__":
    main()
