package io.lambdadispatch.router.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ViewersTest {
    private final Viewers viewers = new Viewers();

    private void show(String event) {
        viewers.show(() -> event);
    }

    @Test
    void eachIsShownEverythingFromWhenTheyCame() {
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
    void whoIsSlowMissesSomethingAndHoldsUpNobody() {
        FakeViewer slow = new FakeViewer().enter(viewers);
        FakeViewer other = new FakeViewer().enter(viewers);
        slow.stall();
        show("a|");
        show("b|");
        show("c|");
        assertEquals("hello|a|b|c|", other.taken());
        assertEquals("hello|", slow.taken());
        slow.goOn();
        assertEquals("hello|a|c|", slow.taken(), "the first was on its way");
        show("d|");
        assertEquals("hello|a|c|d|", slow.taken());
    }

    @Test
    void whoTakesNothingIsCutOff() {
        FakeViewer stuck = new FakeViewer().enter(viewers);
        stuck.stall();
        for (int i = 0; i < 16; i++) {
            show("a|");
        }
        assertEquals(1, viewers.count(), "they are given some time");
        show("a|");
        assertEquals(0, viewers.count());
        assertTrue(stuck.isAborted());
        assertFalse(stuck.isCompleted());
    }

    @Test
    void whoHasLeftIsForgotten() {
        FakeViewer found = new FakeViewer().enter(viewers);
        found.isFoundGone();
        show("a|");
        show("b|");
        assertEquals(0, viewers.count());
        assertTrue(found.isAborted());
    }

    @Test
    void onlySoManyMayLook() {
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
    void atTheEndAllAreToldAndNobodyIsAdmitted() {
        FakeViewer viewer = new FakeViewer().enter(viewers);
        FakeViewer stuck = new FakeViewer().enter(viewers);
        stuck.stall();
        show("a|");
        viewers.close();
        assertTrue(viewer.isCompleted());
        assertTrue(stuck.isAborted(), "they are not waited for");
        assertEquals(0, viewers.count());
        assertFalse(new FakeViewer().isAdmitted(viewers));
        viewers.close();
        assertTrue(viewer.isCompleted());
    }
}
