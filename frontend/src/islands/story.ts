import { galleries } from "./gallery";
import { readingList } from "./reading";
import { sharing } from "./sharing";
import "./zooming";

galleries();
sharing();
readingList();
