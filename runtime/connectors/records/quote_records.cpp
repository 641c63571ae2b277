#include <string>

#include "runtime/connectors/records/random_numbers.h"
#include "runtime/connectors/records/record_kinds.h"
#include "runtime/connectors/records/record_text.h"

namespace millrace {

namespace {

using Words = std::span<const std::string_view>;

/// What the sentences of one language are put together from: lead, subject, deed, thing, tail, end.
struct Language {
  Words leads;
  Words subjects;
  Words deeds;
  Words things;
  Words tails;
  Words ends;
};

constexpr std::string_view kFrenchLeads[] = {
    "Franchement,", "Écoutez,", "Mais enfin,", "Quand je pense que", "Si vous voulez mon avis,", "Hé bien,", "Je vous l'ai déjà dit,",
    "À mon époque,", "Ça alors,", "Notez bien que", "Sauf votre respect,", "Voilà des années que", "Personne n'ignore que",
};
constexpr std::string_view kFrenchSubjects[] = {
    "le meunier", "la moitié du village", "l'âne du forgeron", "ma tante Ursule", "l’apothicaire", "votre écuyer", "le garçon d'étable",
    "cette vieille chèvre", "la sœur de l'abbé", "le guetteur de la tour nord", "tout le monde ici", "le maître d'œuvre",
};
constexpr std::string_view kFrenchDeeds[] = {
    "a égaré", "cherche encore", "prétend avoir vu", "n'a jamais compris", "garde sous son lit", "refuse de vendre", "a repeint en bleu",
    "s’est assis sur", "a troqué", "fait bouillir", "se méfie de", "a caché derrière la chapelle",
};
constexpr std::string_view kFrenchThings[] = {
    "trois fromages de chèvre", "la carte du souterrain", "une armée de hérissons", "le seau percé", "mes bottes du dimanche", "l'œuf de la couleuvre",
    "la clé de la cave", "un bœuf entier", "le chaudron de la voisine", "une échelle à deux barreaux", "la cloche fêlée", "les « papiers » du notaire",
};
constexpr std::string_view kFrenchTails[] = {
    "", "", "depuis la Saint-Jean", "à cause du brouillard", "sans même s'excuser", "et personne ne dit rien", "pour douze sous",
    "du matin au soir", "par-dessus le marché", "en pleine fête des moissons",
};
// No-break spaces, wide and narrow, stand before French marks: they part no words when a sentence is split at blanks.
constexpr std::string_view kFrenchEnds[] = {".", ".", "...", "\u00A0!", "\u202F?", "\u00A0! !", "…"};

constexpr std::string_view kEnglishLeads[] = {
    "Honestly,", "I tell you,", "Mark my words:", "By the old mill,", "If you ask me,", "Every winter", "They say", "It's no secret that",
};
constexpr std::string_view kEnglishSubjects[] = {
    "the ferryman", "your cousin's goose", "that one-eyed cooper", "half the parish", "the night watch", "nobody's dog", "the bell-ringer",
};
constexpr std::string_view kEnglishDeeds[] = {
    "won't part with", "has swallowed", "keeps counting", "can't abide", "traded away", "is afraid of", "sings to", "never paid for",
};
constexpr std::string_view kEnglishThings[] = {
    "the bishop's umbrella", "a barrel of \"fresh\" herring", "forty turnips", "the wrong bridge", "an unreasonably large key", "the map of the marsh",
};
constexpr std::string_view kEnglishTails[] = {"", "", "before breakfast", "on a Tuesday", "as if it were nothing", "and calls it a bargain"};
constexpr std::string_view kEnglishEnds[] = {".", ".", "!", "?", "...", "!!"};

constexpr Language kFrench{kFrenchLeads, kFrenchSubjects, kFrenchDeeds, kFrenchThings, kFrenchTails, kFrenchEnds};
constexpr Language kEnglish{kEnglishLeads, kEnglishSubjects, kEnglishDeeds, kEnglishThings, kEnglishTails, kEnglishEnds};

struct Speaker {
  std::string_view name;
  const Language* language;
};

constexpr Speaker kSpeakers[] = {
    {"Aldebert", &kFrench},   {"Dame Yselle", &kFrench},      {"Bérengaud", &kFrench},   {"Le père Mathurin", &kFrench},
    {"Maëlline", &kFrench},   {"Théophraste", &kFrench},      {"Odilon", &kFrench},      {"Gerçonde", &kFrench},
    {"Wilmot", &kEnglish},    {"Goody Thornapple", &kEnglish}, {"Le veilleur", &kFrench}, {"Captain Ebb", &kEnglish},
    {"Noémie l'Aînée", &kFrench},
};

constexpr uint64_t kDoubledBlankIn = 12;
constexpr uint64_t kSecondSentenceIn = 3;

class QuoteRecords final : public RecordMaker {
 public:
  explicit QuoteRecords(uint64_t seed) : random_(seed) {}

  char* append(char* out, int64_t) override {
    const Speaker& speaker = random_.one_of(std::span<const Speaker>(kSpeakers));
    quote_.clear();
    add_sentence(*speaker.language);
    if (random_.once_in(kSecondSentenceIn)) {
      add_blank();
      add_sentence(*speaker.language);
    }
    out = put_json_string(put(out, "{\"character\": "), speaker.name);
    out = put_json_string(put(out, ", \"quote\": "), quote_);
    return put(out, "}\n");
  }

 private:
  void add_sentence(const Language& language) {
    quote_ += random_.one_of(language.leads);
    for (Words words : {language.subjects, language.deeds, language.things, language.tails}) {
      std::string_view word = random_.one_of(words);
      if (word.empty()) continue;
      add_blank();
      quote_ += word;
    }
    quote_ += random_.one_of(language.ends);
  }

  void add_blank() { quote_ += random_.once_in(kDoubledBlankIn) ? "  " : " "; }

  RandomNumbers random_;
  std::string quote_;
};

}  // namespace

std::unique_ptr<RecordMaker> make_quote_records(const RecordSettings& settings) { return std::make_unique<QuoteRecords>(settings.seed); }

}  // namespace millrace
