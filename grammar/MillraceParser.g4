/*
 * The statements of Millrace SQL.
 *
 * Every decision is made on one token, so that the generated parser is plain switches and a cold process parses in no time:
 * rules are left-factored where two constructs begin alike (the AST builders tell them apart afterwards), expression levels
 * are spelled out in place of left recursion, and words that mean two things have two token types (see MillraceLexer).
 */
parser grammar MillraceParser;

options { tokenVocab = MillraceLexer; }

singleStatement : statement EOF ;

/// The column list of a schema in a string: 'a BIGINT, b STRING'.
singleSchema : schemaColumn (COMMA schemaColumn)* EOF ;
schemaColumn : identifier COLON? type (K_NOT K_NULL)? ;

statement
  : queryBody
  | commonTables (queryBody | insert)
  | insert
  | create
  | explain
  | describe
  | show
  | set
  | drop
  | stopQuery
  | sleep
  ;

// ---- statements ----

insert : K_INSERT K_INTO K_TABLE? identifier insertSource ;
insertSource
  : plainQuery
  | LPAREN (identifierList RPAREN query | plainQuery RPAREN queryTail?)
  ;

create : K_CREATE (K_OR K_REPLACE)? (createSource | createView | createFunction) ;

createSource
  : kind=(K_STREAM | K_TABLE | K_SINK | K_SOURCE) ifNotExists? identifier
    (LPAREN columnElement (COMMA columnElement)* RPAREN)? withOptions? (K_AS query)?
  ;

createView
  : (K_TEMPORARY | K_TEMP)? K_MATERIALIZED? K_VIEW ifNotExists? identifier
    (LPAREN identifierList RPAREN)? withOptions? K_AS query trailingOptions?
  ;

createFunction
  : K_FUNCTION identifier LPAREN (parameter (COMMA parameter)*)? RPAREN K_RETURNS type (K_RETURN | K_AS) expression
  ;
parameter : identifier type ;

ifNotExists : K_IF K_NOT K_EXISTS ;

columnElement
  : K_WATERMARK K_FOR identifier (K_AS expression)?
  | identifier (K_AS expression | type columnConstraint*)
  ;
columnConstraint : K_NOT? K_NULL ;

withOptions : (K_WITH | WITH_OPTIONS) LPAREN option (COMMA option)* RPAREN ;
/// Behind a query, whose GROUP BY may go on WITH CUBE.
trailingOptions : WITH_OPTIONS LPAREN option (COMMA option)* RPAREN ;
option : optionKey EQUAL optionValue ;
optionKey : (anyWord | STRING) (DOT anyWord)* ;
optionValue
  : (PLUS | MINUS)? number
  | string
  | K_TRUE
  | K_FALSE
  | DURATION
  | optionWord (DOT optionWord)*
  ;
optionWord : WORD | QUOTED_NAME | nonReserved | nestedTypeWord ;

explain
  : K_EXPLAIN (stages+=(K_ANALYZE | K_LOGICAL | K_PHYSICAL | K_IR | K_ASM | K_STATE))*
    (queryBody | commonTables (queryBody | insert) | insert | create)
  ;

describe : (K_DESCRIBE | K_DESC) K_TABLE? qualifiedName ;
show : K_SHOW anyWord+ ;
set : K_SET optionKey EQUAL optionValue ;
drop
  : K_DROP (kind=(K_STREAM | K_TABLE | K_SINK | K_SOURCE | K_FUNCTION) | K_MATERIALIZED? K_VIEW) (K_IF K_EXISTS)? identifier
  ;
stopQuery : K_STOP K_QUERY identifier ;
sleep : K_SLEEP duration ;

// ---- queries ----

query : commonTables? queryBody ;

/// A query that does not begin with a parenthesis.
plainQuery
  : commonTables queryBody
  | plainTerm (setOperator queryTerm)* queryEnd
  ;

queryBody : queryTerm (setOperator queryTerm)* queryEnd ;
/// What may follow a parenthesised query that was read as an operand.
queryTail : (setOperator queryTerm)+ queryEnd ;

commonTables : K_WITH K_RECURSIVE? commonTable (COMMA commonTable)* ;
commonTable : identifier (LPAREN identifierList RPAREN)? K_AS LPAREN query RPAREN ;

queryTerm : plainTerm | LPAREN query RPAREN ;
/// `TABLE t` is all of t.
plainTerm : select | values tableAlias? | TABLE_QUERY qualifiedName ;
setOperator : kind=(K_UNION | K_INTERSECT | K_EXCEPT) (K_ALL | K_DISTINCT)? ;
queryEnd : orderBy? limit? offset? fetch? emit? ;

orderBy : K_ORDER K_BY sortItem (COMMA sortItem)* ;
/// ALL is every output column.
sortItem : (K_ALL | expression) (K_ASC | K_DESC)? (K_NULLS (K_FIRST | K_LAST))? ;
limit : K_LIMIT (K_ALL | expression) ;
offset : K_OFFSET expression (K_ROW | K_ROWS)? ;
fetch : K_FETCH (K_FIRST | K_NEXT) number? (K_ROW | K_ROWS) K_ONLY ;

emit : K_EMIT emitMode? (K_TRIGGER? trigger)? ;
emitMode
  : K_COMPLETE
  | K_APPEND
  | K_UPDATE
  | K_CHANGES
  | K_FINAL
  | (K_ON | K_AFTER) K_WINDOW K_CLOSE
  ;
trigger
  : K_EVERY duration (K_ROW | K_ROWS | K_RECORD | K_RECORDS)?
  | K_PER K_RECORD
  | K_ONCE
  | K_AUTO (K_LATENCY duration)?
  ;

values : K_VALUES expression (COMMA expression)* ;

select
  : K_SELECT (K_ALL | K_DISTINCT (K_ON LPAREN expressionList RPAREN)?)? selectItem (COMMA selectItem)*
    fromClause? where? groupBy? having? (namedWindows qualify? | qualify namedWindows?)?
  ;
selectItem : expression (K_AS (identifier | alias=(K_TRUE | K_FALSE | K_NULL) | LPAREN identifierList RPAREN) | identifier)? ;
where : K_WHERE expression ;
having : K_HAVING expression ;
qualify : K_QUALIFY expression ;

groupBy
  : K_GROUP K_BY (K_ALL | groupingElement (COMMA groupingElement)* (K_WITH (K_CUBE | K_ROLLUP) | groupingSets)?)
  ;
groupingElement : expression | groupingSets ;
groupingSets : K_GROUPING K_SETS LPAREN groupingElement (COMMA groupingElement)* RPAREN ;

namedWindows : NAMED_WINDOW namedWindow (COMMA namedWindow)* ;
namedWindow : identifier K_AS windowSpecification ;

// ---- relations ----

fromClause
  : K_FROM (values valuesTail? | relation (COMMA nextRelation)*) lateralView* streamWindow?
  ;
/// A comma right behind bare VALUES would be one of its rows'.
valuesTail : (tableAlias relationTail* | relationTail+) (COMMA nextRelation)* ;
nextRelation : relation | values tableAlias relationTail* ;

streamWindow
  : STREAM_WINDOW
    ( K_TUMBLING LPAREN K_SIZE duration windowRetention* RPAREN
    | K_HOPPING LPAREN K_SIZE duration COMMA K_ADVANCE K_BY duration windowRetention* RPAREN
    | K_SESSION LPAREN duration windowRetention* RPAREN
    )
  ;
windowRetention : COMMA (K_RETENTION | K_GRACE K_PERIOD) duration ;

relation : K_LATERAL? relationPrimary relationTail* ;
relationTail : joinTail | pivot | unpivot ;
joinTail : joinKind K_JOIN K_STATIC? K_LATERAL? (relationPrimary | values tableAlias) (K_ON expression | K_USING LPAREN identifierList RPAREN)? ;
joinKind
  : K_INNER?
  | K_CROSS
  | K_NATURAL (K_INNER | sideOfJoin)?
  | sideOfJoin
  | K_SEMI
  | K_ANTI
  ;
sideOfJoin : K_LEFT (K_OUTER | K_SEMI | K_ANTI)? | (K_RIGHT | K_FULL) K_OUTER? ;

relationPrimary
  : qualifiedName (LPAREN tableArguments? RPAREN)? tableAlias?
  | K_TABLE LPAREN identifier LPAREN tableArguments? RPAREN RPAREN tableAlias?
  | LPAREN (plainQuery | relation queryTail?) RPAREN tableAlias?
  ;
tableAlias : K_AS? identifier (LPAREN identifierList RPAREN)? ;

pivot
  : K_PIVOT LPAREN selectItem (COMMA selectItem)* K_FOR (identifier | LPAREN identifierList RPAREN)
    K_IN LPAREN pivotValues RPAREN RPAREN tableAlias?
  ;
pivotValues : selectItem (COMMA selectItem)* ;
unpivot
  : K_UNPIVOT ((K_INCLUDE | K_EXCLUDE) K_NULLS)? LPAREN (identifier | LPAREN identifierList RPAREN) K_FOR identifier
    K_IN LPAREN pivotValues RPAREN RPAREN tableAlias?
  ;

tableArguments : argument (COMMA argument)* ;

lateralView : K_LATERAL K_VIEW K_OUTER? expression identifier? (K_AS identifierList)? ;

// ---- expressions, loosest first ----

expressionList : expression (COMMA expression)* ;
/// A row whose fields may have names: (0 AS total, 0 AS n).
rowList : rowItem (COMMA rowItem)* ;
rowItem : expression (K_AS identifier)? ;

expression : andExpression (K_OR andExpression)* ;
andExpression : notExpression (K_AND notExpression)* ;
notExpression : (K_NOT | BANG)* comparison ;
comparison : bitwise comparisonTail* ;
bitwise : sum ((AMPERSAND | CARET | PIPE | shift) sum)* ;
/// The signs of a shift stand side by side; those that close ARRAY<ARRAY<INT>> are none.
shift : SHIFT_LEFT | SHIFT_RIGHT GREATER GREATER? ;
sum : product ((PLUS | MINUS | CONCAT) product)* ;
product : unary ((STAR | SLASH | PERCENT | K_DIV) unary)* ;
unary : (PLUS | MINUS | TILDE)* postfix ;
postfix : primary postfixTail* ;

comparisonTail
  : comparisonOperator (K_ALL LPAREN plainQuery RPAREN | bitwise)                                                # comparedTail
  | K_NOT? predicate                                                            # predicateTail
  | K_IS K_NOT? (K_NULL | K_TRUE | K_FALSE | K_UNKNOWN | K_DISTINCT K_FROM bitwise)           # isTail
  ;
comparisonOperator : EQUAL | NOT_EQUAL | NULL_SAFE_EQUAL | LESS | LESS_EQUAL | GREATER | GREATER_EQUAL ;

predicate
  : K_BETWEEN bitwise K_AND bitwise
  | K_IN postfix
  | kind=(K_LIKE | K_ILIKE | K_RLIKE | K_REGEXP) ((LIKE_ANY | K_ALL) LPAREN expressionList RPAREN | bitwise) (K_ESCAPE string)?
  ;

postfixTail
  : DOT (identifier | STAR exceptColumns?)
  | LBRACKET expression RBRACKET
  | DOUBLE_COLON type
  ;

primary
  : identifier (string | LPAREN callBody RPAREN callTail)?                    # namePrimary
  | number                                                                    # numberPrimary
  | string+                                                                   # stringPrimary
  | constant=(BINARY | K_TRUE | K_FALSE | K_NULL | DURATION)                        # constantPrimary
  | K_INTERVAL (PLUS | MINUS)? durationPart+                                    # intervalPrimary
  | K_CASE expression? whenBranch+ (K_ELSE expression)? K_END                       # casePrimary
  | LPAREN (plainQuery | rowList queryTail?)? RPAREN                          # parenthesesPrimary
  | ARRAY_LITERAL LBRACKET expressionList? RBRACKET                           # arrayPrimary
  | STAR exceptColumns?                                                       # starPrimary
  ;
whenBranch : K_WHEN expression K_THEN expression ;
exceptColumns : EXCEPT_COLUMNS LPAREN identifierList RPAREN ;

/// Not EXISTS(SELECT …) alone: any call may turn out to hold a query, the builder says which may.
callBody
  : plainQuery
  | (K_DISTINCT | K_ALL)? (argument (COMMA argument)*)? orderBy?
  ;
argument
  : tableArgument
  | TRIM_SIDE expression? K_FROM expression
  | expression argumentTail?
  ;
tableArgument
  : K_TABLE (qualifiedName | LPAREN (plainQuery | qualifiedName) RPAREN)
    (K_PARTITION K_BY (identifier | LPAREN identifierList RPAREN))?
  ;
argumentTail
  : LAMBDA expression
  | NAMED (tableArgument | expression)
  | K_AS type
  | K_FROM expression (K_FOR expression)?
  | K_FOR expression
  | K_PLACING expression K_FROM expression (K_FOR expression)?
  ;
callTail
  : (K_WITHIN K_GROUP LPAREN orderBy RPAREN)? (K_FILTER LPAREN where RPAREN)? ((K_IGNORE | K_RESPECT) K_NULLS)?
    (K_OVER (identifier | windowSpecification))?
  ;

windowSpecification
  : LPAREN (K_PARTITION K_BY expressionList)? orderBy? frame? RPAREN
  ;
frame : (K_ROWS | K_RANGE) (frameBound | K_BETWEEN frameBound K_AND frameBound) ;
frameBound : K_UNBOUNDED (K_PRECEDING | K_FOLLOWING) | K_CURRENT K_ROW | sum (K_PRECEDING | K_FOLLOWING) ;

/// `5 SECONDS`, `'5 seconds'`, `5s`, `INTERVAL '5' SECOND`, `1 MINUTE 30 SECONDS`
duration : K_INTERVAL? durationPart+ ;
durationPart : INTERVAL_SIGN? (string | number | DURATION) (UNIT (K_TO UNIT)?)? ;

number : INTEGER | LONG | SMALL | DECIMAL_NUMBER | FLOAT_NUMBER | DOUBLE_NUMBER ;
string : STRING | ESCAPE_STRING ;

// ---- types ----

type
  : K_ARRAY LESS type GREATER
  | K_MAP LESS type COMMA type GREATER
  | K_STRUCT LESS structField (COMMA structField)* GREATER
  | K_ROW LPAREN structField (COMMA structField)* RPAREN
  | K_INTERVAL (UNIT (K_TO UNIT)?)?
  | (WORD | nonReserved) (K_UNSIGNED | K_PRECISION | K_VARYING)? (LPAREN INTEGER (COMMA INTEGER)* RPAREN)?
    (ZONED K_LOCAL? K_TIME K_ZONE)?
  ;
structField : identifier COLON? type (K_NOT K_NULL)? ;

// ---- names ----

qualifiedName : identifier (DOT identifier)* ;
identifierList : identifier (COMMA identifier)* ;
identifier : WORD | QUOTED_NAME | nonReserved | nestedTypeWord ;

nestedTypeWord : K_ARRAY | K_MAP | K_ROW | K_STRUCT ;

nonReserved
  : K_ADVANCE | K_AFTER | K_ANALYZE | K_APPEND | K_ASC | K_ASM | K_AUTO | K_CHANGES | K_CLOSE | K_COMPLETE | K_CUBE | K_DESC
  | K_DESCRIBE | K_DROP | K_END | K_EVERY | K_EXISTS | K_EXPLAIN | K_FINAL | K_FIRST | K_FOLLOWING | K_FUNCTION | K_GRACE
  | K_HOPPING | K_IR | K_LAST | K_LATENCY | K_LOCAL | K_LOGICAL | K_MATERIALIZED | K_NEXT | K_NULLS | K_ONCE | K_ONLY
  | K_PARTITION | K_PER | K_PERIOD | K_PHYSICAL | K_PRECEDING | K_QUERY | K_RANGE | K_RECORD | K_RECORDS | K_REPLACE | K_RETENTION
  | K_RETURN | K_RETURNS | K_ROLLUP | K_ROWS | K_SESSION | K_SET | K_SETS | K_SHOW | K_SINK | K_SIZE | K_SLEEP | K_SOURCE
  | K_STATE | K_STOP | K_STREAM | K_TEMP | K_TEMPORARY | K_TIME | K_TRIGGER | K_TUMBLING | K_UNKNOWN | K_UPDATE | K_VIEW
  | K_WINDOW | K_ZONE
  ;

reserved
  : K_ALL | K_AND | K_AS | K_BETWEEN | K_BY | K_CASE | K_CREATE | K_CROSS | K_DISTINCT | K_DIV | K_ELSE | K_EMIT | K_EXCEPT
  | K_FALSE | K_FETCH | K_FOR | K_FROM | K_GROUP | K_HAVING | K_ILIKE | K_IN | K_INNER | K_INSERT | K_INTERSECT | K_INTO | K_IS
  | K_JOIN | K_LATERAL | K_LIKE | K_LIMIT | K_NATURAL | K_NOT | K_NULL | K_ON | K_OR | K_ORDER | K_OUTER | K_PLACING | K_QUALIFY
  | K_REGEXP | K_RLIKE | K_SELECT | K_TABLE | K_THEN | K_TRUE | K_UNION | K_USING | K_VALUES | K_WHEN | K_WHERE | K_WITH
  ;

anyWord : identifier | reserved ;
