import * as ws from "ws";
import { connect } from "./traffic.cjs";

connect(ws.default);
