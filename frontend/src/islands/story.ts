import { sharing } from "./sharing";

sharing();
