import frame from "./ru/frame.json";
import mountain from "./ru/mountain.json";
import book from "./ru/book.json";
import till from "./ru/till.json";
import gate from "./ru/gate.json";
import plan from "./ru/plan.json";
import books from "./ru/books.json";
import parts from "./ru/parts.json";
import account from "./ru/account.json";
import photos from "./ru/photos.json";

export default { ...frame, ...mountain, ...book, ...till, ...gate, ...plan, ...books, ...parts, ...account, ...photos };
