int nothing();
