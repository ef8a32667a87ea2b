// Blocking calls from Java.
package com.example;

import dev.hudhud.Contact;
import dev.hudhud.Zagely;
import java.util.ArrayList;
import java.util.List;

class FromJava {
    private FromJava() {}

    static List<String> names(Zagely zagely) {
        var names = new ArrayList<String>();
        for (Contact contact : zagely.blocking().contacts().list()) names.add(contact.getName());
        // A call whose answer is not a list.
        if (!zagely.blocking().contacts().get("c-1").getName().equals("Jane")) throw new AssertionError();
        return names;
    }
}
