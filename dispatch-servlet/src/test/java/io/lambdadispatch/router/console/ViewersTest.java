package io.lambdadispatch.router.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class ViewersTest {
    private final Viewers viewers = new Viewers();

    private void show(String event) {
        viewers.show(() -> event);
    }

    @Test
    void eachIsShownEverythingFromWhereHeCame() throws Exception {
        FakeViewer first = new FakeViewer().enter(viewers);
        show("a|");
        FakeViewer second = new FakeViewer().enter(viewers);
        show("b|");
        assertEquals("hello|a|b|", first.taken());
        assertEquals("hello|b|", second.taken());
    }

    @Test
    void nothingIsMadeWhenNobodyLooks() {
        viewers.show(() -> {
            throw new AssertionError("nobody looks");
        });
        assertEquals(0, viewers.count());
    }

    @Test
    void whoIsSlowMissesSomethingAndHoldsUpNobody() throws Exception {
        FakeViewer slow = new FakeViewer().enter(viewers);
        FakeViewer other = new FakeViewer().enter(viewers);
        slow.stall();
        show("a|");
        show("b|");
        show("c|");
        assertEquals("hello|a|b|c|", other.taken());
        assertEquals("hello|", slow.taken());
        slow.goOn();
        assertEquals("hello|c|", slow.taken());
        show("d|");
        assertEquals("hello|c|d|", slow.taken());
    }

    @Test
    void whoTakesNothingIsCutOff() throws Exception {
        FakeViewer stuck = new FakeViewer().enter(viewers);
        stuck.stall();
        for (int i = 0; i < 15; i++) {
            show("a|");
        }
        assertEquals(1, viewers.count(), "he is given some time");
        show("a|");
        assertEquals(0, viewers.count());
        assertEquals(1, stuck.aborts());
        assertEquals(0, stuck.completions());
    }

    @Test
    void whoHasLeftIsForgotten() throws Exception {
        FakeViewer left = new FakeViewer().enter(viewers);
        FakeViewer found = new FakeViewer().enter(viewers);
        left.leave();
        found.isFoundGone();
        show("a|");
        show("b|");
        assertEquals(0, viewers.count());
        assertEquals(1, left.aborts());
        assertEquals(1, found.aborts());
    }

    @Test
    void onlySoManyMayLook() throws Exception {
        FakeViewer first = new FakeViewer().enter(viewers);
        for (int i = 1; i < Viewers.MOST; i++) {
            var unused = new FakeViewer().enter(viewers);
        }
        assertFalse(new FakeViewer().isAdmitted(viewers));
        first.isFoundGone();
        assertEquals("hello|", new FakeViewer().enter(viewers).taken());
        assertEquals(Viewers.MOST, viewers.count());
    }

    @Test
    void atTheEndAllAreToldAndNobodyIsAdmitted() throws IOException {
        FakeViewer viewer = new FakeViewer().enter(viewers);
        FakeViewer stuck = new FakeViewer().enter(viewers);
        stuck.stall();
        show("a|");
        viewers.close();
        assertEquals(1, viewer.completions());
        assertEquals(1, stuck.aborts(), "he is not waited for");
        assertEquals(0, viewers.count());
        assertFalse(new FakeViewer().isAdmitted(viewers));
        viewers.close();
        assertEquals(1, viewer.completions());
    }
}
