import { films } from "./films";
import { galleries } from "./gallery";
import { readingList } from "./reading";
import { sharing } from "./sharing";
import "./zooming";

films();
galleries();
sharing();
readingList();
