import frame from "./zh/frame.json";
import mountain from "./zh/mountain.json";
import book from "./zh/book.json";
import till from "./zh/till.json";
import gate from "./zh/gate.json";
import plan from "./zh/plan.json";
import books from "./zh/books.json";
import parts from "./zh/parts.json";
import account from "./zh/account.json";
import photos from "./zh/photos.json";

export default { ...frame, ...mountain, ...book, ...till, ...gate, ...plan, ...books, ...parts, ...account, ...photos };
