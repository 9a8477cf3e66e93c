import { sharing } from "./sharing";
import "./zooming";

sharing();
