import { readingList } from "./reading";

readingList();
