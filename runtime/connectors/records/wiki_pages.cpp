#include "runtime/connectors/records/wiki_pages.h"

namespace millrace {

namespace {

constexpr std::string_view kSensitivePages[] = {
    "Intelligence artificielle", "Réchauffement climatique", "Énergie nucléaire en France", "Laïcité en France",
    "Affaire Dreyfus", "Guerre d'Algérie", "Homéopathie", "Vaccination", "Organisme génétiquement modifié", "Théorie du complot",
    "Réforme des retraites en France", "Mouvement des Gilets jaunes", "Union européenne", "Liberté de la presse",
    "Élection présidentielle en France", "Colonisation", "Conseil constitutionnel (France)", "Jeanne d'Arc", "Commune de Paris",
    "Napoléon Ier", "Révolution française", "Pain au chocolat", "Corrida", "Glyphosate", "Immigration en France", "Écriture inclusive",
    "Sûreté nucléaire", "Désinformation", "Langue bretonne", "Secret médical",
};

constexpr std::string_view kFrenchPages[] = {
    "Élevage de l'huître", "Gare de Vierzon-Ville", "Cathédrale d'Amiens", "Saison 2019-2020 du Stade rennais", "Œnologie",
    "Canal du Midi", "Phare d'Ar-Men", "Haute-Garonne", "Ça ira", "Château de Puilaurens", "Grand Prix d'été de pétanque",
    "Liste des communes du Gers", "Discussion:Fougasse", "Utilisateur:Brouillon d'essai", "Musée de l'Hôtel-Dieu", "Forêt de Brocéliande",
    "Championnat de France de cyclo-cross", "Tarte aux mirabelles", "École de Nancy", "Glacier d'Ossoue",
};
constexpr std::string_view kFrenchCategories[] = {
    "Commune dans le Gers", "Naissance en 1931", "Article à référence nécessaire", "Monument historique à Dijon", "Œuvre musicale"};
constexpr std::string_view kFrenchSections[] = {"Histoire", "Géographie", "Références", "Carrière", "À l'étranger"};
constexpr std::string_view kFrenchRemarks[] = {
    "coquille", "mise à jour", "révocation d'un acte \"peu clair\"", "ajout d'une source", "n'apporte rien à l'article", "typo, apostrophes…"};

constexpr std::string_view kEnglishPages[] = {
    "List of lighthouses in Cornwall", "Talk:Turnip", "1931 in aviation", "Otterburn railway station", "Zoë Marchbanks",
    "The \"Mary Anne\" mutiny", "Pōhutukawa", "Category talk:Mills", "User:Fenwick/sandbox", "Chess opening theory table",
};
constexpr std::string_view kEnglishCategories[] = {"NA-importance Cornwall articles", "Living people", "Watermills in Kent"};
constexpr std::string_view kEnglishSections[] = {"History", "See also", "Early life", "References"};
constexpr std::string_view kEnglishRemarks[] = {"typo", "rv \"improvement\"", "added citation", "fixed dashes – per style", "ce"};

constexpr std::string_view kItemPages[] = {"Q42917", "Q1085", "Q90233114", "Property:P569", "Q3142", "Q64"};
constexpr std::string_view kItemSections[] = {"wbsetclaim-create:2||1", "wbsetlabel-add:1|fr", "wbeditentity-update:0|"};
constexpr std::string_view kItemRemarks[] = {"[[Property:P18]]: Moulin à eau.jpg", "Léa Dürr", "[[Property:P31]]: [[Q5]]"};
constexpr std::string_view kMediaPages[] = {
    "File:Moulin d'Ambres 2018.jpg", "File:Plan of the mill-race.svg", "File:水車小屋.png", "File:Mühle am Bach (1892).tif"};
constexpr std::string_view kMediaCategories[] = {"Watermills in France", "PD-old missing SDC copyright status"};

constexpr std::string_view kGermanPages[] = {"Mühlgraben", "Straßenbahn Görlitz", "Liste der Kulturdenkmäler in Übersee", "Größe"};
constexpr std::string_view kSpanishPages[] = {"Molino de agua", "Anexo:Municipios de Cáceres", "Muñoz", "¿Quién sabe?"};
constexpr std::string_view kJapanesePages[] = {"水車", "東海道本線", "ノート:川", "利用者:みずぐるま"};
constexpr std::string_view kRussianPages[] = {"Водяная мельница", "Список рек Карелии", "Обсуждение:Ёж"};
constexpr std::string_view kArabicPages[] = {"طاحونة مائية", "نهر النيل", "مستخدم:الساقية"};
constexpr std::string_view kOtherSections[] = {"1", "2"};
constexpr std::string_view kOtherRemarks[] = {"+", "≈", "🙂 ok", "[[WP:AWB|AWB]]"};
constexpr std::string_view kOtherCategories[] = {"1931", "A–Z"};

constexpr std::string_view kAddedFrench = "ajoutée à la catégorie";
constexpr std::string_view kAdded = "added to category";

constexpr Wiki kWikis[] = {
    {"frwiki", "fr.wikipedia.org", 28, 15, true, kFrenchPages, "Catégorie", kFrenchCategories, kAddedFrench, kFrenchSections, kFrenchRemarks},
    {"enwiki", "en.wikipedia.org", 22, 10, false, kEnglishPages, "Category", kEnglishCategories, kAdded, kEnglishSections, kEnglishRemarks},
    {"wikidatawiki", "www.wikidata.org", 18, 70, false, kItemPages, "Category", kOtherCategories, kAdded, kItemSections, kItemRemarks},
    {"commonswiki", "commons.wikimedia.org", 12, 40, false, kMediaPages, "Category", kMediaCategories, kAdded, kOtherSections, kEnglishRemarks},
    {"dewiki", "de.wikipedia.org", 5, 8, false, kGermanPages, "Kategorie", kOtherCategories, kAdded, kOtherSections, kOtherRemarks},
    {"eswiki", "es.wikipedia.org", 5, 20, false, kSpanishPages, "Categoría", kOtherCategories, kAdded, kOtherSections, kOtherRemarks},
    {"jawiki", "ja.wikipedia.org", 4, 12, false, kJapanesePages, "Category", kOtherCategories, kAdded, kOtherSections, kOtherRemarks},
    {"ruwiki", "ru.wikipedia.org", 4, 15, false, kRussianPages, "Категория", kOtherCategories, kAdded, kOtherSections, kOtherRemarks},
    {"frwiktionary", "fr.wiktionary.org", 1, 30, false, kFrenchPages, "Catégorie", kFrenchCategories, kAddedFrench, kFrenchSections, kFrenchRemarks},
    {"arwiki", "ar.wikipedia.org", 1, 35, false, kArabicPages, "تصنيف", kOtherCategories, kAdded, kOtherSections, kOtherRemarks},
};

constexpr uint64_t total_share() {
  uint64_t total = 0;
  for (const Wiki& wiki : kWikis) total += wiki.share;
  return total;
}
static_assert(total_share() == 100);

constexpr std::string_view kUsers[] = {
    "Brindille64", "Ancre noire", "Père Lachaise-longue", "M. Quincaille", "Ümit K", "みず", "Fenwick", "Old \"Bess\" Harrow", "L'Érudit", "Żubr",
    "Tourne-disque", "Ёжик в тумане", "Miller's daughter", "Sarcelle d'été", "Jevington",
};
constexpr std::string_view kBots[] = {"RouageBot", "CategorieBot", "Mühlenbot", "LinkMenderBot", "InternetAtticBot"};

}  // namespace

const Wiki& wiki_of_share(uint64_t percent) {
  const Wiki* wiki = kWikis;
  while (percent >= wiki->share) percent -= (wiki++)->share;
  return *wiki;
}

Wiki::Words sensitive_pages() { return kSensitivePages; }
Wiki::Words user_names() { return kUsers; }
Wiki::Words bot_names() { return kBots; }

}  // namespace millrace
