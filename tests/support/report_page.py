"""What a page of `levin report` shows: its rows, bars and tables, by Python's own HTML parser.

page(text) gives {"totals": [...], "runs": [...], "figures": [...], "problems": [...], "outside": [...]}. A run is its title and
its bars, (class, x, y, width, height) each; figures are the tables' rows as texts; outside is whatever the page would fetch or run.
"""

import html.parser


class _Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = {"totals": [], "runs": [], "figures": [], "problems": [], "outside": [], "headings": []}
        self.table = self.cells = self.run = self.into = None

    def handle_starttag(self, tag, attributes):
        a = dict(attributes)
        if tag in ("script", "link", "img", "iframe", "object") or any(k in ("src", "href", "onload", "onclick") for k in a):
            self.found["outside"].append((tag, a))
        if tag == "table":
            self.table = a["class"]
        if tag == "tr":
            self.cells = []
        if tag in ("td", "th"):
            self.cells.append("")
            self.into = lambda text: self.cells.__setitem__(-1, self.cells[-1] + text)
        if tag == "g":
            self.run = {"title": "", "bars": [], "class": a["class"]}
            self.found["runs"].append(self.run)
        if tag == "title" and self.run is not None:
            self.into = lambda text: self.run.__setitem__("title", self.run["title"] + text)
        if tag == "rect" and self.run is not None:
            self.run["bars"].append((a["class"], *(float(a[k]) for k in ("x", "y", "width", "height"))))
        for kind, name in (("totals", "p"), ("headings", "h2")):
            if tag == name and (kind != "totals" or a.get("class") == kind):
                self.found[kind].append("")
                self.into = lambda text, kind=kind: self.found[kind].__setitem__(-1, self.found[kind][-1] + text)

    def handle_data(self, data):
        if self.into:
            self.into(data)

    def handle_endtag(self, tag):
        if tag in ("td", "th", "title", "p", "h2"):
            self.into = None
        if tag == "tr":
            self.found[self.table].append(self.cells)
        if tag == "g":
            self.run = None


def page(text):
    parser = _Page()
    parser.feed(text)
    return parser.found
