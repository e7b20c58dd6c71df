// words.c - what is made here for guests and is no name: words of the trail sign, of passes and calendars, in the languages
// that pages have (the same words stand in web/src/app/words and web/src/says).
#include <string.h>

#include "report/report.h"

static const char *const languages[] = {"ko", "zh", "ru", "ja"};
static const struct {
    const char *english, *others[BASE_COUNT(languages)];
} words[] = {
    {"Ticket office", {"매표소", "售票处", "Касса", "チケット売り場"}},
    {"Rental", {"대여", "租赁", "Прокат", "レンタル"}},
    {"Lockers", {"보관함", "储物柜", "Шкафчики", "ロッカー"}},
    {"Ski racks", {"스키 거치대", "雪板架", "Стойки для лыж", "スキー置き場"}},
    {"School", {"스키 학교", "滑雪学校", "Горнолыжная школа", "スキースクール"}},
    {"Rink", {"스케이트장", "溜冰场", "Каток", "スケートリンク"}},
    {"Park", {"눈놀이 공원", "冰雪乐园", "Снежный парк", "スノーパーク"}},
    {"Restaurant", {"식당", "餐厅", "Ресторан", "レストラン"}},
    {"Bar", {"바", "酒吧", "Бар", "バー"}},
    {"Hotel", {"호텔", "酒店", "Гостиница", "ホテル"}},
    {"Pool", {"수영장", "泳池", "Бассейн", "プール"}},
    {"Sauna", {"사우나", "桑拿", "Сауна", "サウナ"}},
    {"Karaoke", {"노래방", "卡拉 OK", "Караоке", "カラオケ"}},
    {"Shop", {"상점", "商店", "Магазин", "売店"}},
    {"First aid", {"응급 처치", "急救站", "Медпункт", "救護所"}},
    {"Bus stop", {"버스 정류장", "公交站", "Остановка автобуса", "バス停"}},
    {"Parking", {"주차장", "停车场", "Парковка", "駐車場"}},
    {"Other", {"기타", "其他", "Прочее", "その他"}},
    {"Novice", {"초보", "入门", "Учебная", "入門"}},
    {"Easy", {"초급", "初级", "Лёгкая", "初級"}},
    {"Intermediate", {"중급", "中级", "Средняя", "中級"}},
    {"Advanced", {"상급", "高级", "Сложная", "上級"}},
    {"Expert", {"최상급", "专家级", "Экспертная", "最上級"}},
    {"Freeride", {"프리라이드", "自由滑", "Фрирайд", "フリーライド"}},
    {"Extreme", {"극한", "极限", "Экстремальная", "エクストリーム"}},
    {"First turns", {"첫걸음", "初学", "Первые повороты", "はじめて"}},
    {"Easiest", {"가장 쉬움", "最易", "Самая лёгкая", "最も易しい"}},
    {"More difficult", {"더 어려움", "较难", "Сложнее", "やや難しい"}},
    {"Most difficult", {"가장 어려움", "最难", "Самая сложная", "最も難しい"}},
    {"Experts only", {"전문가 전용", "仅限专家", "Только для экспертов", "熟練者のみ"}},
    {"Slopes", {"슬로프", "雪道", "Трассы", "コース"}},
    {"Lifts", {"리프트", "缆车", "Подъёмники", "リフト"}},
    {"At the base and on the way", {"산기슭과 길목", "山麓及沿途", "У подножия и по пути", "山麓とその途中"}},
    {"trail map", {"코스 안내도", "雪道图", "схема трасс", "コースマップ"}},
    {"Schematic: heights are to scale, distances are not", {"모식도: 높이는 축척에 맞으며 거리는 맞지 않음", "示意图：高度按比例，距离不按比例", "Схема: высоты в масштабе, расстояния — нет", "模式図：高さは縮尺どおり、距離はそうではありません"}},
    {"All lifts", {"모든 리프트", "所有缆车", "Все подъёмники", "全リフト"}},
    {"down", {"하행", "下行", "вниз", "下り"}},
    {"sessions", {"회차", "场次", "сеансы", "開催時間"}},
    {"points", {"포인트", "点", "очков", "ポイント"}},
    {"point", {"포인트", "点", "очко", "ポイント"}},
};

const char *report_word(const char *language, const char *english) {
    for (size_t l = 0; l < BASE_COUNT(languages); l++)
        for (size_t i = 0; i < BASE_COUNT(words) && base_language_closeness(languages[l], language); i++)
            if (strcmp(words[i].english, english) == 0)
                return words[i].others[l];
    return english;
}
