import { growing } from "./growing";

growing();
