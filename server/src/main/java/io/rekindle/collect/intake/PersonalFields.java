package io.rekindle.collect.intake;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * Which fields are personal by their names, in English, Chinese, German, French and Spanish. A name counts at any depth,
 * whatever its case, accents, underscores and hyphens. In the lists, {@code x*} stands for every name that begins so,
 * {@code *x} for every one that ends so, and {@code traits.x} counts only directly among a person's traits. {@code name} is
 * a person's there and in objects that tell of one ({@code billing}, {@code passengers}), a product's elsewhere. What a name
 * does not tell, {@link PersonalText} looks for in the value. The lists follow what Segment specifies for traits and context,
 * and the fields of the checkouts of Shopify, WooCommerce and Magento.
 */
final class PersonalFields {
    private static final List<String> ADDRESSES_OF_PERSONS = List.of(
            "*email",
            "*emailaddress",
            "*emailadresse",
            "*mailaddress",
            "mail",
            "mailadresse",
            "usermail",
            "customermail",
            "contactmail",
            "courriel",
            "*correo",
            "correoelectronico",
            "adresseelectronique",
            "*邮箱",
            "*电子邮件",
            "*电邮",
            "邮件地址",
            "*邮箱地址");
    private static final List<String> PHONES = List.of(
            "phone",
            "*phonenumber",
            "phoneno",
            "*telephone",
            "mobile",
            "*mobilephone",
            "*mobilenumber",
            "mobileno",
            "cellphone",
            "*cellphonenumber",
            "homephone",
            "workphone",
            "officephone",
            "contactphone",
            "contactnumber",
            "customerphone",
            "userphone",
            "whatsapp",
            "whatsappnumber",
            "fax",
            "faxnumber",
            "tel",
            "telno",
            "msisdn",
            "telefon*",
            "handy",
            "handynummer",
            "mobilnummer",
            "rufnummer",
            "telefono*",
            "movil",
            "*celular",
            "telefonomovil",
            "portable",
            "numeroportable",
            "numerodetelephone",
            "手机",
            "*手机号",
            "*手机号码",
            "*电话",
            "*电话号码",
            "*联系方式",
            "*座机",
            "传真",
            "shouji",
            "shoujihao",
            "dianhua");
    private static final List<String> NAMES_OF_PERSONS = List.of(
            "*firstname",
            "*lastname",
            "*middlename",
            "*fullname",
            "*surname",
            "*familyname",
            "*givenname",
            "*nickname",
            "*displayname",
            "*realname",
            "*legalname",
            "*maidenname",
            "*birthname",
            "*username",
            "*screenname",
            "*loginname",
            "*customername",
            "*contactname",
            "*recipientname",
            "*receivername",
            "*sendername",
            "*buyername",
            "*payername",
            "*consigneename",
            "*consignee",
            "*shippingname",
            "*billingname",
            "*deliveryname",
            "*membername",
            "*guestname",
            "*patientname",
            "*clientname",
            "*ownername",
            "*holdername",
            "*personname",
            "*friendname",
            "*childname",
            "*spousename",
            "*partnername",
            "*employeename",
            "*attendeename",
            "*passengername",
            "*subscribername",
            "*accountname",
            "*authorname",
            "*signature",
            "traits.title",
            "traits.description",
            "traits.about",
            "traits.bio",
            "traits.website",
            "traits.homepage",
            "traits.url",
            "*vorname",
            "*nachname",
            "*familienname",
            "*geburtsname",
            "*kundenname",
            "*benutzername",
            "*spitzname",
            "ansprechpartner",
            "*prenom",
            "nomdefamille",
            "nomcomplet",
            "*nomduclient",
            "*nomclient",
            "*apellido",
            "*apellidos",
            "nombrecompleto",
            "nombrecliente",
            "*nombredelcliente",
            "*姓名",
            "*真实姓名",
            "*昵称",
            "*用户名",
            "*收货人",
            "*收件人",
            "*联系人",
            "*客户名",
            "*客户名称",
            "*会员名",
            "xingming",
            "nicheng",
            "*nameoncard",
            "*cardholder",
            "*recipient",
            "*recipients",
            "*receiver",
            "*addressee",
            "*billtoname",
            "*shiptoname",
            "*signedby",
            "*salutationname",
            "*initials",
            "*monogram",
            "empfanger",
            "*empfangername",
            "absender",
            "rechnungsname",
            "liefername",
            "*kontoinhaber",
            "*karteninhaber",
            "destinataire",
            "*nomdestinataire",
            "*nomdefamille",
            "nomlivraison",
            "nomfacturation",
            "*titulaire",
            "*expediteur",
            "destinatario",
            "*titular",
            "remitente",
            "nombreenvio",
            "nombrefacturacion",
            "*nombredeldestinatario",
            "*持卡人",
            "*寄件人",
            "*签收人",
            "*称呼",
            "*发票抬头",
            "shouhuoren",
            "shoujianren");
    private static final List<String> PLACES = List.of(
            "address*",
            "*address",
            "*streetaddress",
            "street*",
            "*suburb",
            "*postalcode",
            "*postcode",
            "zip",
            "zipcode",
            "*zipcode",
            "housenumber",
            "latitude*",
            "longitude*",
            "lat",
            "lng",
            "lon",
            "long",
            "latlng",
            "latlong",
            "latlon",
            "lonlat",
            "*coordinates",
            "coordinate",
            "coords",
            "*geolocation",
            "geopoint",
            "geohash",
            "gps*",
            "adresse*",
            "*anschrift",
            "strasse*",
            "hausnummer",
            "plz",
            "*postleitzahl",
            "rue",
            "codepostal",
            "*direccion",
            "calle",
            "codigopostal",
            "domicilio",
            "*地址",
            "*住址",
            "*街道",
            "*门牌号",
            "*邮编",
            "*邮政编码",
            "*经度",
            "*纬度",
            "*经纬度",
            "*坐标",
            "dizhi",
            "line1",
            "line2",
            "line3",
            "*adresse",
            "*strasse",
            "apartment",
            "apartmentnumber",
            "aptnumber",
            "doorcode",
            "entrycode",
            "pincode",
            "doornumber",
            "*houseno",
            "complementadresse",
            "*codepostal",
            "*codigopostal",
            "numerocalle");
    private static final List<String> MACHINES = List.of(
            "ip",
            "ips",
            "ipaddr",
            "ipaddress",
            "ipv4",
            "ipv6",
            "clientip",
            "userip",
            "remoteip",
            "remoteaddr",
            "remotehost",
            "xforwardedfor",
            "forwardedfor",
            "xrealip",
            "hostip",
            "sourceip",
            "ipadresse",
            "useragent",
            "deviceid",
            "deviceserial",
            "advertisingid",
            "adid",
            "gaid",
            "idfa",
            "idfv",
            "oaid",
            "imei",
            "imsi",
            "macaddress",
            "mac",
            "ip地址",
            "设备号",
            "设备id",
            "*useragent",
            "*deviceid",
            "devicename",
            "*devicetoken",
            "pushtoken",
            "fcmtoken",
            "apnstoken",
            "registrationtoken",
            "*advertisingid",
            "ssid",
            "bssid",
            "wifiname",
            "externalids",
            "*macaddress",
            "androidid",
            "fbp",
            "fbc",
            "*设备名称",
            "*设备标识",
            "geratename",
            "nomappareil",
            "nombredispositivo");
    private static final List<String> DOCUMENTS = List.of(
            "*passport",
            "*passportnumber",
            "passportno",
            "idcard",
            "*idcardnumber",
            "idcardno",
            "identitycard",
            "nationalid",
            "ssn",
            "socialsecuritynumber",
            "taxid",
            "iban",
            "bic",
            "*bankaccount",
            "*accountnumber",
            "cardnumber",
            "*cardno",
            "creditcard*",
            "cvv",
            "cvc",
            "driverslicense",
            "licenseplate",
            "ausweisnummer",
            "personalausweis",
            "reisepass",
            "kontonummer",
            "steuernummer",
            "sozialversicherungsnummer",
            "*passeport",
            "carteidentite",
            "numerosecuritesociale",
            "dni",
            "nif",
            "nie",
            "cedula",
            "pasaporte",
            "*身份证",
            "*身份证号",
            "*身份证号码",
            "*证件号",
            "*证件号码",
            "*护照",
            "*护照号",
            "*护照号码",
            "*银行卡",
            "*银行卡号",
            "*卡号",
            "*社保号",
            "*车牌",
            "*车牌号",
            "shenfenzheng",
            "wechat",
            "wechatid",
            "weixin",
            "openid",
            "unionid",
            "qq",
            "qqnumber",
            "*微信",
            "*微信号",
            "qq号",
            "*password",
            "*passwd",
            "*passwort",
            "*密码",
            "*secret",
            "vatid",
            "vatnumber",
            "taxvat",
            "taxnumber",
            "ustid",
            "ustidnr",
            "cpf",
            "curp",
            "medicalid",
            "insurancenumber",
            "*alipay",
            "*支付宝",
            "*支付宝账号",
            "*账号",
            "*银行账号",
            "*营业执照号");
    private static final List<String> FREE_TEXTS = List.of(
            "message",
            "messagetext",
            "messagebody",
            "comment",
            "comments",
            "note",
            "notes",
            "review",
            "reviewtext",
            "reviewbody",
            "feedback",
            "feedbacktext",
            "freetext",
            "body",
            "remark",
            "remarks",
            "question",
            "answertext",
            "search",
            "searchterm",
            "searchterms",
            "searchtext",
            "searchquery",
            "searchphrase",
            "searchkeyword",
            "searchkeywords",
            "query",
            "avatar",
            "photo",
            "kommentar",
            "kommentare",
            "nachricht",
            "bemerkung",
            "bemerkungen",
            "anmerkung",
            "suche",
            "suchbegriff",
            "suchtext",
            "commentaire",
            "commentaires",
            "remarque",
            "recherche",
            "comentario",
            "comentarios",
            "mensaje",
            "busqueda",
            "*备注",
            "*留言",
            "*评论",
            "*评价内容",
            "*反馈内容",
            "*搜索词",
            "*搜索内容",
            "*头像",
            "*giftmessage",
            "*giftnote",
            "*giftcardmessage",
            "*cardmessage",
            "*greeting",
            "*greetingtext",
            "*greetingcardtext",
            "*personalmessage",
            "*messagetorecipient",
            "*dedication",
            "*inscription",
            "*ordernote",
            "*ordernotes",
            "*customernote",
            "*customernotes",
            "*deliverynote",
            "*deliverynotes",
            "*shippingnote",
            "*shippingnotes",
            "*buyernote",
            "*sellernote",
            "*ordercomment",
            "*ordercomments",
            "*customercomment",
            "*customercomments",
            "*deliveryinstruction",
            "*deliveryinstructions",
            "*shippinginstructions",
            "*specialinstructions",
            "*specialrequest",
            "*specialrequests",
            "noteattributes",
            "memo",
            "*engraving",
            "*engravingtext",
            "*engraved",
            "*engravedtext",
            "*personalisation",
            "*personalization",
            "*personalisationtext",
            "*personalizationtext",
            "*customtext",
            "*customization",
            "*customizations",
            "*customisation",
            "*customisations",
            "customattributes",
            "*embroidery",
            "*embroiderytext",
            "*imprint",
            "*imprinttext",
            "*printtext",
            "*gravur",
            "*gravurtext",
            "*widmung",
            "*grussbotschaft",
            "*grusstext",
            "*geschenknachricht",
            "*geschenktext",
            "*wunschtext",
            "*lieferhinweis",
            "*lieferhinweise",
            "*bestellnotiz",
            "*bestellkommentar",
            "*kundennotiz",
            "*personalisierung",
            "*stickerei",
            "*messagecadeau",
            "*motcadeau",
            "*gravure",
            "*dedicace",
            "*instructionsdelivraison",
            "*instructionslivraison",
            "*notecommande",
            "*notedecommande",
            "*broderie",
            "*personnalisation",
            "*mensajeregalo",
            "*mensajederegalo",
            "*grabado",
            "*dedicatoria",
            "*instruccionesdeentrega",
            "*notaspedido",
            "*notasdelpedido",
            "*bordado",
            "*personalizacion",
            "*贺卡",
            "*贺卡内容",
            "*贺卡留言",
            "*祝福语",
            "*赠言",
            "*寄语",
            "*刻字",
            "*刻字内容",
            "*定制内容",
            "*定制文字",
            "*卖家备注",
            "*买家留言",
            "*配送说明",
            "beizhu",
            "liuyan");
    /** What is a person's name and not a thing's where it is said of a person: among the traits, or in {@link #HOLDERS}. */
    private static final List<String> OF_PERSONS = List.of(
            "name",
            "first",
            "last",
            "middle",
            "nom",
            "nombre",
            "名字",
            "名称",
            "line",
            "suite",
            "floor",
            "building",
            "etage",
            "piso",
            "colonia",
            "楼层",
            "房间号");
    /** Objects that tell of a person: a name in them is hers. */
    private static final List<String> HOLDERS = List.of(
            "billing",
            "billingdetails",
            "billinginfo",
            "billto",
            "shipping",
            "shippingdetails",
            "shippinginfo",
            "shipto",
            "deliverydetails",
            "deliveryinfo",
            "contact",
            "contacts",
            "contactinfo",
            "contactdetails",
            "contactperson",
            "customer",
            "customerinfo",
            "customerdetails",
            "user",
            "userinfo",
            "buyer",
            "payer",
            "purchaser",
            "sender",
            "beneficiary",
            "guest",
            "guests",
            "passenger",
            "passengers",
            "traveler",
            "travelers",
            "traveller",
            "travellers",
            "attendee",
            "attendees",
            "participant",
            "participants",
            "person",
            "persons",
            "people",
            "friend",
            "friends",
            "referee",
            "child",
            "children",
            "kids",
            "baby",
            "spouse",
            "patient",
            "owner",
            "rechnung",
            "rechnungsdaten",
            "lieferung",
            "lieferdaten",
            "kunde",
            "kundin",
            "kontakt",
            "besteller",
            "gast",
            "gaste",
            "mitreisende",
            "kind",
            "kinder",
            "facturation",
            "livraison",
            "client",
            "acheteur",
            "passager",
            "passagers",
            "voyageur",
            "voyageurs",
            "enfant",
            "enfants",
            "facturacion",
            "envio",
            "cliente",
            "comprador",
            "contacto",
            "pasajero",
            "pasajeros",
            "viajero",
            "viajeros",
            "huesped",
            "hijo",
            "hijos",
            "收货信息",
            "收件信息",
            "配送信息",
            "账单信息",
            "客户",
            "客户信息",
            "用户",
            "用户信息",
            "买家",
            "会员",
            "会员信息",
            "乘客",
            "旅客",
            "出行人",
            "宝宝",
            "孩子");
    /** By themselves they name a person among traits and in {@link #HOLDERS}; elsewhere they are channels and counts. */
    private static final List<String> NETWORKS = List.of(
            "facebook",
            "instagram",
            "twitter",
            "tiktok",
            "snapchat",
            "linkedin",
            "pinterest",
            "youtube",
            "telegram",
            "skype",
            "discord",
            "kakaotalk",
            "vkontakte",
            "weibo",
            "douyin",
            "xiaohongshu",
            "xing",
            "viber",
            "zalo",
            "mastodon",
            "bluesky",
            "reddit",
            "twitch",
            "github",
            "微博",
            "抖音",
            "小红书",
            "支付宝");

    private static final List<String> ON_A_NETWORK = List.of(
            "id", "handle", "user", "name", "nickname", "profile", "profileurl", "url", "account", "号", "账号", "昵称");
    private static final List<String> BIRTHDAYS = List.of(
            "birthday",
            "birthdate",
            "dateofbirth",
            "dob",
            "bday",
            "birth",
            "born",
            "geburtstag",
            "geburtsdatum",
            "geburt",
            "datedenaissance",
            "datenaissance",
            "naissance",
            "fechadenacimiento",
            "fechanacimiento",
            "nacimiento",
            "cumpleanos",
            "生日",
            "出生日期",
            "出生年月",
            "出生年月日",
            "shengri");
    /** As part of a longer name: {@code customer_dob}, {@code kidsBirthday}. */
    private static final List<String> ENDS_OF_BIRTHDAYS =
            List.of("birthday", "birthdate", "dateofbirth", "customerdob", "userdob", "geburtsdatum", "的生日", "出生日期");

    private static final Set<String> OF_DEVICES = Set.of("name", "id", "token");
    private static final List<List<String>> DEFAULT =
            List.of(ADDRESSES_OF_PERSONS, PHONES, NAMES_OF_PERSONS, PLACES, MACHINES, DOCUMENTS, FREE_TEXTS);

    /** Last words that alone would be ambiguous within a longer one: ship, headphone. */
    private static final Set<String> LAST_WORDS = Set.of("ip", "phone", "mail", "mobile", "tel", "ssn", "iban");
    /** Last words of fields that hold the shop's numbers, and of those that hold amounts and times. */
    private static final Set<String> NUMBERS = Set.of(
            "id",
            "ids",
            "no",
            "nr",
            "num",
            "number",
            "code",
            "sku",
            "key",
            "ref",
            "reference",
            "hash",
            "uuid",
            "guid",
            "isbn",
            "ean",
            "gtin",
            "upc",
            "barcode",
            "serial",
            "asin",
            "seq",
            "index",
            "timestamp",
            "time",
            "date",
            "at",
            "epoch",
            "amount",
            "total",
            "revenue",
            "price",
            "value",
            "count",
            "quantity",
            "sum",
            "balance",
            "cost",
            "nummer");

    /** Names that say that it is a number, and not of what. */
    private static final Set<String> ANY_NUMBER = Set.of("number", "no", "nr", "num", "nummer", "value");
    /** Words that make a number one of a card, whatever it is called. */
    private static final Set<String> CARDS =
            Set.of("card", "cards", "cc", "pan", "credit", "debit", "karte", "kreditkarte", "carte", "tarjeta");
    /** Things of the shop that are named by their numbers. */
    private static final Set<String> THINGS = Set.of(
            "order",
            "product",
            "item",
            "sku",
            "article",
            "variant",
            "transaction",
            "invoice",
            "receipt",
            "cart",
            "basket",
            "checkout",
            "shipment",
            "parcel",
            "tracking",
            "session",
            "visit",
            "campaign",
            "store",
            "shop");

    private static final Set<String> VERSIONS = Set.of("version", "build", "release");
    private static final Pattern NUMBER_IN_CHINESE = Pattern.compile(".*(号|编号|编码|时间|日期|金额|总额|单价|数量)");

    private static final int MOST_REMEMBERED = 20_000;
    private static final Pattern SEPARATORS = Pattern.compile("[_\\- .]");
    private static final Pattern ACCENTS = Pattern.compile("\\p{M}");
    private static final Pattern WORDS =
            Pattern.compile("[_\\- .]|(?<=[\\p{Ll}\\p{N}])(?=\\p{Lu})|(?<=\\p{Lu})(?=\\p{Lu}\\p{Ll})");

    private final Set<String> anywhere = new HashSet<>();
    private final Set<String> amongTraits = new HashSet<>();
    private final Set<String> ofPersons = new HashSet<>();
    private final Set<String> holders = new HashSet<>();
    private final List<String> beginnings = new ArrayList<>();
    private final List<String> endings = new ArrayList<>();
    /** Clients use few names; judging one takes longer than looking it up. Bounded, for a client may use many. */
    private final ConcurrentHashMap<String, Judgement> remembered = new ConcurrentHashMap<>();

    /** What a field's name tells. */
    enum Judgement {
        PERSONAL,
        /** Personal among a person's traits, any text elsewhere. */
        AMONG_TRAITS,
        /** Personal among a person's traits and in an object that tells of a person, any text elsewhere. */
        OF_A_PERSON,
        /** Personal but for its year, which stays as {@code birth_year}. */
        BIRTHDAY,
        /** The year of a birthday by itself. */
        BIRTH_YEAR,
        /** An object of this name tells of a person; any text otherwise. */
        HOLDS_A_PERSON,
        /** An object of this name tells of a device; any text otherwise. */
        HOLDS_A_DEVICE,
        /** The name itself stands for a person: an address as a key. */
        NAMES_SOMEBODY,
        FREE,
        /** A thing of the shop. */
        REFERENCE,
        /** Some number, perhaps of a card. */
        NUMBER,
        IDENTIFIER,
        VERSION;

        /** What its texts can be. */
        PersonalText.Kind kind() {
            return switch (this) {
                case PERSONAL,
                        AMONG_TRAITS,
                        OF_A_PERSON,
                        BIRTHDAY,
                        BIRTH_YEAR,
                        HOLDS_A_PERSON,
                        HOLDS_A_DEVICE,
                        NAMES_SOMEBODY,
                        FREE -> PersonalText.Kind.FREE;
                case REFERENCE -> PersonalText.Kind.REFERENCE;
                case NUMBER -> PersonalText.Kind.NUMBER;
                case IDENTIFIER -> PersonalText.Kind.IDENTIFIER;
                case VERSION -> PersonalText.Kind.VERSION;
            };
        }
    }

    PersonalFields(List<String> more) {
        DEFAULT.forEach(this::add);
        OF_PERSONS.forEach(name -> ofPersons.add(normal(name)));
        HOLDERS.forEach(name -> holders.add(normal(name)));
        for (var network : NETWORKS) {
            ofPersons.add(network);
            for (var what : ON_A_NETWORK) anywhere.add(network + what);
        }
        add(more);
    }

    private void add(List<String> entries) {
        for (var entry : entries) {
            if (entry.startsWith("traits.")) {
                amongTraits.add(normal(entry.substring("traits.".length())));
                continue;
            }
            var name = normal(entry);
            if (name.endsWith("*")) beginnings.add(name.substring(0, name.length() - 1));
            else if (name.startsWith("*")) endings.add(name.substring(1));
            else anywhere.add(name);
        }
    }

    boolean contains(String name, boolean isTrait) {
        return switch (judge(name)) {
            case PERSONAL, BIRTHDAY, NAMES_SOMEBODY -> true;
            case AMONG_TRAITS, OF_A_PERSON -> isTrait;
            case BIRTH_YEAR, HOLDS_A_PERSON, HOLDS_A_DEVICE, FREE, REFERENCE, NUMBER, IDENTIFIER, VERSION -> false;
        };
    }

    /** Whether a field of an object that tells of a device tells which one of all it is. */
    static boolean namesADevice(String name) {
        return OF_DEVICES.contains(name);
    }

    Judgement judge(String name) {
        var judgement = remembered.get(name);
        if (judgement == null) {
            judgement = judgeAnew(name);
            if (remembered.size() < MOST_REMEMBERED) remembered.put(name, judgement);
        }
        return judgement;
    }

    private Judgement judgeAnew(String given) {
        if (PersonalText.isIn(given, PersonalText.Kind.FREE)) return Judgement.NAMES_SOMEBODY;
        var name = normal(given);
        var words = WORDS.split(given);
        var last = words.length == 0 ? "" : words[words.length - 1].toLowerCase(Locale.ROOT);
        if (anywhere.contains(name)
                || LAST_WORDS.contains(last)
                || beginnings.stream().anyMatch(name::startsWith)
                || endings.stream().anyMatch(name::endsWith)) return Judgement.PERSONAL;
        if (BIRTHDAYS.contains(name) || ENDS_OF_BIRTHDAYS.stream().anyMatch(name::endsWith)) return Judgement.BIRTHDAY;
        if (ofPersons.contains(name)) return Judgement.OF_A_PERSON;
        if (amongTraits.contains(name)) return Judgement.AMONG_TRAITS;
        if (holders.contains(name)) return Judgement.HOLDS_A_PERSON;
        if (given.equals("birth_year")) return Judgement.BIRTH_YEAR;
        if (name.equals("device")) return Judgement.HOLDS_A_DEVICE;
        if (VERSIONS.contains(last)) return Judgement.VERSION;
        boolean isNumber = NUMBERS.contains(last)
                || NUMBERS.contains(name)
                || NUMBER_IN_CHINESE.matcher(name).matches();
        if (!isNumber) return THINGS.contains(last) ? Judgement.REFERENCE : Judgement.FREE;
        boolean mayBeACards = ANY_NUMBER.contains(name)
                || name.contains("\u5361")
                || Arrays.stream(words).anyMatch(word -> CARDS.contains(word.toLowerCase(Locale.ROOT)));
        return mayBeACards ? Judgement.NUMBER : Judgement.IDENTIFIER;
    }

    /** Small letters without accents and separators. */
    static String normal(String name) {
        var bare =
                SEPARATORS.matcher(name).replaceAll("").toLowerCase(Locale.ROOT).replace("\u00df", "ss");
        for (int i = 0; i < bare.length(); i++)
            if (bare.charAt(i) > 127)
                return ACCENTS.matcher(Normalizer.normalize(bare, Normalizer.Form.NFD))
                        .replaceAll("");
        return bare;
    }
}
