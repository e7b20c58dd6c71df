import frame from "./ja/frame.json";
import mountain from "./ja/mountain.json";
import book from "./ja/book.json";
import till from "./ja/till.json";
import gate from "./ja/gate.json";
import plan from "./ja/plan.json";
import books from "./ja/books.json";
import parts from "./ja/parts.json";
import account from "./ja/account.json";
import photos from "./ja/photos.json";

export default { ...frame, ...mountain, ...book, ...till, ...gate, ...plan, ...books, ...parts, ...account, ...photos };
