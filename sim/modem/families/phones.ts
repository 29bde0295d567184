import type { Family } from './family.ts';

/** Phones on a cable, as their users and drivers describe them. */
export const phones: readonly Family[] = [
  {
    id: 'nokia-s60',
    description: 'no +CNMI at all: messages are found by polling',
    manufacturer: 'Nokia',
    model: 'Nokia N95',
    revision: 'V 31.0.017',
    without: ['+CNMI', '+CNMA'],
  },
  {
    id: 'nokia-n900',
    description: 'the first command line after the port was opened is answered, and forgotten',
    manufacturer: 'Nokia',
    model: 'Nokia N900',
    revision: 'V 20.2010.36-2',
    wire: { firstLine: 'forgotten' },
  },
  {
    id: 'benq-m32',
    description: 'does not hear the first command line after the port was opened',
    manufacturer: 'BenQ',
    model: 'M32',
    revision: 'V1.0',
    wire: { firstLine: 'unheard' },
  },
  {
    id: 'motorola-ezx',
    description: 'MODEM ERROR: n to what it does not know, followed by an OK that belongs to nothing; never echoes',
    manufacturer: 'Motorola CE, Copyright 2004',
    model: 'A1200',
    revision: 'R541_G_11.62.07R',
    unknownCommand: 'MODEM ERROR: 3',
    wire: { orphanOkAfterError: true, echoes: false },
  },
  {
    id: 'samsung-z810',
    description: 'NA to what it does not know',
    manufacturer: 'Samsung Electronics',
    model: 'SGH-Z810',
    revision: 'Z810XEFK1',
    unknownCommand: 'NA',
  },
  {
    id: 'sony-ericsson-p900',
    description: '+CMGL gives indexes that +CMGR and +CMGD do not know',
    manufacturer: 'Sony Ericsson',
    model: 'P900',
    revision: 'CXC125582',
    stores: { listIndexOffset: 1 },
  },
  {
    id: 'sagem-myx5',
    description: 'places from 900',
    manufacturer: 'SAGEM',
    model: 'MYX5',
    revision: 'KD,2L',
    stores: { firstIndex: 900 },
  },
];
