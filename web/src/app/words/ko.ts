import frame from "./ko/frame.json";
import mountain from "./ko/mountain.json";
import book from "./ko/book.json";
import till from "./ko/till.json";
import gate from "./ko/gate.json";
import plan from "./ko/plan.json";
import books from "./ko/books.json";
import parts from "./ko/parts.json";
import account from "./ko/account.json";
import photos from "./ko/photos.json";

export default { ...frame, ...mountain, ...book, ...till, ...gate, ...plan, ...books, ...parts, ...account, ...photos };
