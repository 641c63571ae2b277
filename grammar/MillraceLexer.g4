/*
 * The words and signs of Millrace SQL.
 *
 * Words have one rule, WORD. Which of them are keywords is decided afterwards, without regard to letter case, by the table that
 * compiler/syntax/word_types.cpp makes of the names under `tokens`; the few whose meaning hangs on their neighbours get their
 * type there too. So the lexer's automaton stays small (a cold process builds it anew), and the parser decides on one token.
 *
 * The input is bytes of UTF-8: every character beyond ASCII is matched as its bytes.
 */
lexer grammar MillraceLexer;

tokens {
  // Reserved: never a bare name. word_types.cpp names the first and the last of this list and of those that follow.
  K_ALL, K_AND, K_AS, K_BETWEEN, K_BY, K_CASE, K_CREATE, K_CROSS, K_DISTINCT, K_DIV, K_ELSE, K_EMIT, K_EXCEPT, K_FALSE,
  K_FETCH, K_FOR, K_FROM, K_GROUP, K_HAVING, K_ILIKE, K_IN, K_INNER, K_INSERT, K_INTERSECT, K_INTO, K_IS, K_JOIN, K_LATERAL,
  K_LIKE, K_LIMIT, K_NATURAL, K_NOT, K_NULL, K_ON, K_OR, K_ORDER, K_OUTER, K_PLACING, K_QUALIFY, K_REGEXP, K_RLIKE, K_SELECT,
  K_TABLE, K_THEN, K_TRUE, K_UNION, K_USING, K_VALUES, K_WHEN, K_WHERE, K_WITH,

  // Not reserved: names wherever a name can stand.
  K_ADVANCE, K_AFTER, K_ANALYZE, K_APPEND, K_ARRAY, K_ASC, K_ASM, K_AUTO, K_CHANGES, K_CLOSE, K_COMPLETE, K_CUBE, K_DESC,
  K_DESCRIBE, K_DROP, K_END, K_EVERY, K_EXISTS, K_EXPLAIN, K_FINAL, K_FIRST, K_FOLLOWING, K_FUNCTION, K_GRACE, K_HOPPING,
  K_IR, K_LAST, K_LATENCY, K_LOCAL, K_LOGICAL, K_MAP, K_MATERIALIZED, K_NEXT, K_NULLS, K_ONCE, K_ONLY, K_PARTITION, K_PER,
  K_PERIOD, K_PHYSICAL, K_PRECEDING, K_QUERY, K_RANGE, K_RECORD, K_RECORDS, K_REPLACE, K_RETENTION, K_RETURN, K_RETURNS,
  K_ROLLUP, K_ROW, K_ROWS, K_SESSION, K_SET, K_SETS, K_SHOW, K_SINK, K_SIZE, K_SLEEP, K_SOURCE, K_STATE, K_STOP, K_STREAM,
  K_STRUCT, K_TEMP, K_TEMPORARY, K_TIME, K_TRIGGER, K_TUMBLING, K_UNKNOWN, K_UPDATE, K_VIEW, K_WINDOW, K_ZONE,

  // Keywords between the right neighbours, plain WORDs elsewhere.
  K_ANTI, K_CURRENT, K_ESCAPE, K_EXCLUDE, K_FILTER, K_FULL, K_GROUPING, K_IF, K_IGNORE, K_INCLUDE, K_INTERVAL, K_LEFT,
  K_OFFSET, K_OVER, K_PIVOT, K_PRECISION, K_RECURSIVE, K_RESPECT, K_RIGHT, K_SEMI, K_STATIC, K_TO, K_UNBOUNDED,
  K_UNPIVOT, K_UNSIGNED, K_VARYING, K_WATERMARK, K_WITHIN,

  // A second meaning of a word, told by its neighbours.
  ARRAY_LITERAL,       // ARRAY before [
  EXCEPT_COLUMNS,      // EXCEPT after *
  INTERVAL_SIGN,       // - of -1 HOUR within an INTERVAL
  LIKE_ANY,            // ANY, SOME after LIKE
  NAMED_WINDOW,        // WINDOW w AS (
  SHIFT_RIGHT,         // the first > of >> and >>> outside of a type
  STREAM_WINDOW,       // WINDOW TUMBLING (
  TABLE_QUERY,         // TABLE t where a query may begin
  TRIM_SIDE,           // TRIM(BOTH
  UNIT,                // SECOND, DAYS, MS … after the number of a duration
  WITH_OPTIONS,        // WITH before (
  ZONED                // WITH, WITHOUT before [LOCAL] TIME ZONE
}

// ---- names and literals ----

WORD : LETTER (LETTER | DIGIT | '$')* ;

QUOTED_NAME : '"' (~'"' | '""')* '"' | '`' (~'`' | '``')* '`' ;

STRING : '\'' (~'\'' | '\'\'')* '\'' ;
ESCAPE_STRING : [eE] '\'' (~['\\] | '\\' . | '\'\'')* '\'' ;
BINARY : [xX] '\'' ~'\''* '\'' ;

INTEGER : DIGIT+ ;
LONG : DIGIT+ [lL] ;
SMALL : DIGIT+ [SYy] ;                                 // Spark's SMALLINT and TINYINT
DECIMAL_NUMBER : (DIGIT+ '.' DIGIT* | '.' DIGIT+) ([bB] [dD])? | DIGIT+ [bB] [dD] | MANTISSA EXPONENT [bB] [dD] ;
FLOAT_NUMBER : MANTISSA EXPONENT? [fF] ;
DOUBLE_NUMBER : MANTISSA EXPONENT [dD]? | MANTISSA [dD] ;
DURATION : (DIGIT+ ('.' DIGIT+)? ('ns' | 'us' | 'ms' | 's' | 'm' | 'h'))+ ;     // 2s, 500ms, 1m30s
BAD_NUMBER : DIGIT+ LETTER (LETTER | DIGIT)* ;         // reported by the parser: 12abc

// ---- signs ----

SEMICOLON : ';' ;
COMMA : ',' ;
LPAREN : '(' ;
RPAREN : ')' ;
LBRACKET : '[' ;
RBRACKET : ']' ;
DOT : '.' ;
COLON : ':' ;
DOUBLE_COLON : '::' ;
LAMBDA : '->' ;
NAMED : '=>' ;
EQUAL : '=' | '==' ;
NOT_EQUAL : '<>' | '!=' ;
NULL_SAFE_EQUAL : '<=>' ;
SHIFT_LEFT : '<<' ;
LESS : '<' ;
LESS_EQUAL : '<=' ;
GREATER : '>' ;
GREATER_EQUAL : '>=' ;
CONCAT : '||' ;
PLUS : '+' ;
MINUS : '-' ;
STAR : '*' ;
SLASH : '/' ;
PERCENT : '%' ;
AMPERSAND : '&' ;
PIPE : '|' ;
CARET : '^' ;
TILDE : '~' ;
BANG : '!' ;

// ---- what is skipped ----

BLANK : ([ \t\r\n\f] | '\u00C2\u00A0' | '\u00EF\u00BB\u00BF')+ -> skip ;        // also the no-break space and a byte-order mark
LINE_COMMENT : '--' ~[\r\n]* -> skip ;
COMMENT : '/*' (COMMENT | .)*? '*/' -> skip ;

// ---- what is wrong, each reported where it starts ----

UNTERMINATED_STRING : [xX]? '\'' (~'\'' | '\'\'')* | [eE] '\'' (~['\\] | '\\' . | '\'\'')* ;
UNTERMINATED_NAME : '"' (~'"' | '""')* | '`' (~'`' | '``')* ;
UNTERMINATED_COMMENT : '/*' ;
UNEXPECTED : . ;

fragment DIGIT : [0-9] ;
fragment LETTER : [a-zA-Z_] | BEYOND_ASCII ;
fragment MANTISSA : DIGIT+ ('.' DIGIT*)? | '.' DIGIT+ ;
fragment EXPONENT : [eE] [+\-]? DIGIT+ ;
// All but the no-break space, the byte-order mark and the general punctuation U+2000 to U+203F: a typographic quote is a
// mistake, not a letter.
fragment BEYOND_ASCII
  : '\u00C2' [\u0080-\u009F\u00A1-\u00BF]
  | '\u00E2' [\u0081-\u00BF] [\u0080-\u00BF]
  | '\u00EF' ([\u0080-\u00BA\u00BC-\u00BF] [\u0080-\u00BF] | '\u00BB' [\u0080-\u00BE])
  | [\u00C3-\u00E1\u00E3-\u00EE\u00F0-\u00F4] [\u0080-\u00BF]+
  ;
