"""Add a shop: `python -m scrapers.new KEY page.html --url URL`; see README, 添加平台."""
