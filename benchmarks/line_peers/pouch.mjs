// PouchDB behind express-pouchdb, on LevelDB, as a server for a measure; prints the port that it listens on.
import express from "express";
import expressPouchdb from "express-pouchdb";
import PouchDB from "pouchdb";

const folder = process.argv[2];
const Stored = PouchDB.defaults({ prefix: `${folder}/` });
const app = express();
app.use("/", expressPouchdb(Stored, { mode: "minimumForPouchDB", inMemoryConfig: true, logPath: `${folder}/log.txt` }));
const listening = app.listen(0, "127.0.0.1", () => console.log(listening.address().port));
