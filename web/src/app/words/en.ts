import frame from "./en/frame.json";
import mountain from "./en/mountain.json";
import book from "./en/book.json";
import till from "./en/till.json";
import gate from "./en/gate.json";
import plan from "./en/plan.json";
import books from "./en/books.json";
import parts from "./en/parts.json";
import account from "./en/account.json";
import photos from "./en/photos.json";

export default { ...frame, ...mountain, ...book, ...till, ...gate, ...plan, ...books, ...parts, ...account, ...photos };
