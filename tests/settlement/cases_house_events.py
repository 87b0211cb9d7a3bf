"""Pages of a house that wait for news, over REST: they hear of their own house, a tenant of his own doings, and nobody of anything once the right is gone. Called by
cases_b.py, in its world."""

import threading

from cases_b import House, begin, end  # noqa: E402  pylint: disable=cyclic-import


class Page:
    """A page that listens, until its stream ends."""

    def __init__(self, world, path, bearer):
        self.stream = world.csms.rest.events(path=path, headers={"Authorization": f"Bearer {bearer}"})
        self.status, self.changes = self.stream.response.status, 0
        self.listening = threading.Thread(target=self.listen, daemon=True)
        self.listening.start()

    def listen(self):
        while (event := self.stream.next()) is not None:
            assert event == ("change", {}), f"a stream tells more than that something happened: {event}"
            self.changes += 1

    def ended(self):
        """How often it was woken, when the server has closed the stream."""
        self.listening.join(30)
        assert not self.listening.is_alive(), "the stream goes on"
        return self.changes


def page_of(house, bearer):
    return Page(house.world, f"{house.path}/events", bearer)


def b19_a_page_hears_of_its_own_house_and_nothing_once_its_phone_is_out(world, here):
    elm, oak = House(world), House(world, "Oak", "THERE", ("Cyn",))
    (ada_phone, ada), (_, ben), (cyn_phone, cyn) = elm.bound("ADA"), elm.bound("BEN"), oak.bound("CYN")
    waiting = oak.bind("CYN", "waits")[1]
    pages = {"ada": page_of(elm, ada), "ben": page_of(elm, ben), "cyn": page_of(oak, cyn)}
    assert {page.status for page in pages.values()} == {200}
    for house, bearer in ((oak, ada), (elm, "0" * 52), (oak, waiting)):
        assert world.csms.rest.events(path=house.path + "/events", headers={"Authorization": f"Bearer {bearer}"}).response.status == 404
    begin(elm, here, "Ada")
    world.until(lambda: pages["ada"].changes and pages["ben"].changes, "both see that the outlet is in use")
    end(elm, here, "Ada")
    oak.price("0.50")  # the one thing that Cyn hears of
    elm.ask("POST", f"/phones/{ada_phone}/revoke", {})
    oak.ask("POST", f"/phones/{cyn_phone}/revoke", {})
    assert pages["ada"].ended() and pages["cyn"].ended() == 1, pages["cyn"].changes
    elm.act("BEN", "lost")
    assert pages["ben"].ended()
    assert page_of(elm, ada).status == page_of(elm, ben).status == page_of(oak, cyn).status == 404


def b20_a_phone_that_waits_hears_when_it_is_let_in_and_another_tenants_deeds_wake_nobody(world, here):
    house = House(world)
    _, ben = house.bound("BEN")
    phone, bearer = house.bind("ADA")
    waits, page = Page(world, "/api/settlement/phones/me/events", bearer), page_of(house, ben)
    assert waits.status == 200
    house.ask("POST", f"/phones/{phone}/approve", {})
    assert waits.ended() == 0  # it ends, and is asked again
    assert page_of(house, bearer).status == 200
    house.act("ADA", "log-out")
    house.act("ADA", "let-in")
    house.act("BEN", "log-out")
    assert page.ended() == 0, "Ben was told of Ada's phone, or of her card"
    assert here
