package io.lambdadispatch.demo;

import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** A few true things. */
final class Facts {
    private static final List<String> TEXTS = List.of(
            "Honey found in tombs thousands of years old could still be eaten.",
            "An octopus has three hearts, and two of them stop while it swims.",
            "A day on Venus is longer than its year.",
            "Bananas are berries in a botanist's eyes; strawberries are not.",
            "Light from the Sun is a bit over eight minutes old when it gets here.",
            "The first message on the ARPANET was \"LO\"; the system crashed before \"GIN\".",
            "Water is densest at about four degrees Celsius, so lakes freeze from the top.",
            "The Eiffel Tower is some centimetres taller in summer than in winter.",
            "A group of flamingos is called a flamboyance.",
            "The shortest war on record lasted well under an hour.",
            "Wombats leave droppings in the shape of cubes.",
            "Nobody knows a closed formula for the perimeter of an ellipse in elementary functions.",
            "Sharks have been around for longer than trees.",
            "The letter Q is in the name of no state of the USA.",
            "TCP has no message boundaries, however often programs hope otherwise.",
            "Some bamboos grow almost a metre in a day.",
            "A teaspoon of neutron star would weigh billions of tonnes.",
            "HTTP status 418 began as an April Fools' joke about coffee pots.",
            "Scotland's national animal is the unicorn.",
            "There are more ways to shuffle 52 cards than atoms on Earth.",
            "The Moon moves away from Earth by nearly four centimetres a year.",
            "Cows have favourite companions and are calmer beside them.",
            "The dot over a small i is called a tittle.",
            "Sea otters hold hands while they sleep, so as not to drift apart.");

    private Facts() {}

    /** A fact and its number, counted from 1. */
    record Fact(int number, String text) {}

    static Fact any() {
        int index = ThreadLocalRandom.current().nextInt(TEXTS.size());
        return new Fact(index + 1, TEXTS.get(index));
    }
}
