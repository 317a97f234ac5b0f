# The subject and the sentences of the mail with the link.
reset-subject = { $service } hesabınızın şifresini sıfırlayın
hello = Merhaba { $name },
asked = Biri, { $moment } tarihinde { $address } adresine ait { $service } hesabının şifresinin sıfırlanmasını istedi.
asked-administrator = Bir yönetici, { $moment } tarihinde { $address } adresine ait { $service } hesabının şifresinin sıfırlanmasını istedi.
open-link = Yeni bir şifre belirlemek için bu bağlantıyı açın:
button = Yeni şifre belirle
or-address = Düğme bir sayfa açmazsa bu adrese gidin:
valid = Bağlantı { $span } süreyle, { $moment } tarihine kadar geçerlidir.
only-newest = Bağlantı bir kez kullanılabilir; yalnızca en son e-postadaki bağlantı çalışır.
not-you = Bunu siz istemediyseniz bu e-postayı dikkate almayın. Şifreniz olduğu gibi kalır.
not-expected = Böyle bir e-posta beklemiyorsanız bunu dikkate almayın. Şifreniz olduğu gibi kalır.

# The code beside the link, for a device on which the link does not open.
code-lead = Bağlantı kullandığınız cihazda açılmıyorsa o cihazda bu kodu yazın:
code-valid = Kod { $span } süreyle, { $moment } tarihine kadar geçerlidir.
code-secret = Bu kodu ne telefonla ne de mesajla sorarız. Kodu kimseye söylemeyin.

# The notice after the password was changed, with a link or while signed in.
changed-subject = { $service } hesabınızın şifresi değiştirildi
changed = { $address } adresine ait { $service } hesabının şifresi { $moment } tarihinde değiştirildi.
was-you = Bunu siz yaptıysanız başka bir şey yapmanız gerekmez.
was-not-you = Bunu siz yapmadıysanız hemen harekete geçin: Giriş sayfasındaki “Şifremi unuttum” seçeneğiyle yeni bir bağlantı isteyin, yeni bir şifre belirleyin ve { $contact } ile iletişime geçin.
mailbox = Birisi e-postalarınızı okuyabiliyor olabilir; bu yüzden e-posta hesabınızın şifresini de değiştirin.

# The mail to somebody who asked, and whose account has no password. It begins with "asked".
explanation-subject = { $service } hesabınıza nasıl giriş yapabilirsiniz?
explanation-none = Bu hesabın şifresi yok, dolayısıyla sıfırlanacak bir şifre de yok.
explanation-sign-in = Daha önce yaptığınız gibi { $sign-in } ile giriş yapın.
explanation-otherwise = Daha önce nasıl giriş yaptıysanız yine öyle giriş yapın, örneğin başka bir hizmetteki hesabınızla.
explanation-not-you = Bunu siz istemediyseniz bu e-postayı dikkate almayın. Hiçbir şey değişmedi.

# The invitation to choose a first password. "valid" and "only-newest" stand in it as well.
invite-subject = { $service } hesabınızın şifresini belirleyin
invited = { $moment } tarihinde { $address } adresine ait { $service } hesabını kullanmaya davet edildiniz.
invite-open-link = Şifrenizi belirlemek için bu bağlantıyı açın:
invite-button = Şifre belirle
invite-not-expected = Böyle bir e-posta beklemiyorsanız bunu dikkate almayın. Şifre olmadan kimse giriş yapamaz.

# Times. "span" stands in "valid", "moment" in "asked", "changed" and "valid".
span-moments = bir dakikadan kısa
span-minutes = { $number ->
    [one] { $number } dakika
   *[other] { $number } dakika
}
span-hours = { $number ->
    [one] { $number } saat
   *[other] { $number } saat
}
span-days = { $number ->
    [one] { $number } gün
   *[other] { $number } gün
}
moment = { $date } { $time } ({ $zone })
date = { $day } { $month ->
    [1] Ocak
    [2] Şubat
    [3] Mart
    [4] Nisan
    [5] Mayıs
    [6] Haziran
    [7] Temmuz
    [8] Ağustos
    [9] Eylül
    [10] Ekim
    [11] Kasım
   *[12] Aralık
} { $year }

# What the policy asks for: a phrase for a list, and under "missed" a sentence for a password
# that misses it.
too_short = { $min ->
    [one] en az { $min } karakter
   *[other] en az { $min } karakter
}
    .missed = { $min ->
        [one] En az { $min } karakter kullanın.
       *[other] En az { $min } karakter kullanın.
    }
missing_digit = en az bir rakam
    .missed = En az bir rakam kullanın.
missing_lowercase = en az bir küçük harf
    .missed = En az bir küçük harf kullanın.
missing_uppercase = en az bir büyük harf
    .missed = En az bir büyük harf kullanın.
blank_password = en az bir görünür karakter
    .missed = En az bir görünür karakter kullanın.
too_long = { $max ->
    [one] en fazla { $max } karakter
   *[other] en fazla { $max } karakter
}
    .missed = { $max ->
        [one] En fazla { $max } karakter kullanın.
       *[other] En fazla { $max } karakter kullanın.
    }
too_many_bytes = { $max ->
    [one] en fazla { $max } bayt
   *[other] en fazla { $max } bayt
} (ş, ğ gibi harfler ve bazı simgeler birden fazla bayt tutar)
    .missed = { $max ->
        [one] En fazla { $max } bayt
       *[other] En fazla { $max } bayt
    } kullanın (ş, ğ gibi harfler ve bazı simgeler birden fazla bayt tutar).
too_many_bytes_for_bcrypt = { $max ->
    [one] en fazla { $max } bayt
   *[other] en fazla { $max } bayt
}, çünkü bcrypt şifrenin devamını okumaz (ş, ğ gibi harfler ve bazı simgeler birden fazla bayt tutar)
    .missed = { $max ->
        [one] En fazla { $max } bayt
       *[other] En fazla { $max } bayt
    } kullanın, çünkü bcrypt şifrenin devamını okumaz (ş, ğ gibi harfler ve bazı simgeler birden fazla bayt tutar).
nul_character = NUL karakteri içermemesi
    .missed = NUL karakteri kullanmayın.
unassigned_character = yalnızca Unicode’da tanımlı karakterler
    .missed = Yalnızca Unicode’da tanımlı karakterler kullanın.
common_password = en yaygın şifreler arasında olmayan bir şifre
    .missed = En yaygın şifreler arasında olmayan bir şifre kullanın.
context_word = adınızdan, e-posta adresinizden veya bizim adımızdan oluşmayan bir şifre
    .missed = Adınızdan, e-posta adresinizden veya bizim adımızdan oluşmayan bir şifre kullanın.
too_guessable = tahmin edilmesi zor bir şifre
    .missed = Tahmin edilmesi zor bir şifre kullanın.
breached_password = hiçbir veri sızıntısında yer almamış bir şifre
    .missed = Hiçbir veri sızıntısında yer almamış bir şifre kullanın.

# What zxcvbn says of a password that is too easy to guess.
guessable_keyboard_row = Klavyede yan yana duran tuşlar kolay tahmin edilir.
guessable_keyboard_pattern = Klavyedeki kısa desenler kolay tahmin edilir.
guessable_repeated_character = Aynı karakterin tekrarı kolay tahmin edilir.
guessable_repetition = Aynı şeyi iki kez yazmak tahmini pek zorlaştırmaz.
guessable_top_10 = Bu, en yaygın on şifreden biri.
guessable_top_100 = Bu, en yaygın yüz şifreden biri.
guessable_common = Bu şifreyi pek çok kişi kullanıyor.
guessable_like_common = Bu şifre, pek çok kişinin kullandığı bir şifreye benziyor.
guessable_sequence = Sıralı diziler (abc veya 6543 gibi) kolay tahmin edilir.
guessable_year = Yakın geçmişteki yıllar kolay tahmin edilir.
guessable_word = Tek bir kelime kolay tahmin edilir.
guessable_date = Tarihler kolay tahmin edilir.
guessable_name = Tek başına bir ad kolay tahmin edilir.
guessable_common_name = Yaygın adlar kolay tahmin edilir.
try_several_words = Birkaç kelime kullanın, ama herkesin bildiği bir söz olmasın.
try_length = Uzunluk; simgelerden, rakamlardan ve büyük harflerden daha çok işe yarar.
try_another_word = Bir iki kelime daha ekleyin; ne kadar nadir olurlarsa o kadar iyi.
try_more_than_capitals = Büyük harfler tek başına pek işe yaramaz.
try_more_than_all_capitals = Tümünü büyük harfle yazmak pek işe yaramaz.
try_more_than_reversal = Kelimeleri tersten yazmak pek işe yaramaz.
try_more_than_substitution = Harfleri değiştirmek, örneğin a yerine @ yazmak, pek işe yaramaz.
try_longer_pattern = Daha uzun ve daha çok yön değiştiren bir tuş deseni kullanın.
try_no_repetition = Kelimeleri veya karakterleri tekrarlamayın.
try_no_sequence = Sıralı diziler kullanmayın.
try_no_recent_year = Yakın geçmişteki yılları kullanmayın.
try_no_own_year = Sizinle ilgili yılları kullanmayın.
try_no_own_date = Sizinle ilgili tarihleri veya yılları kullanmayın.

# The pages: "forgotten password", and what is shown after it.
page-forgot = Şifremi unuttum
page-forgot-lead = Giriş yaparken kullandığınız e-posta adresini yazın. Yeni bir şifre belirlemeniz için size bir bağlantı gönderilecek.
page-login = E-posta adresi
page-send = Bağlantı gönder
page-asked = E-postanızı kontrol edin
page-asked-lead = Burada bir hesabınız varsa yeni şifre belirleme bağlantısı birazdan e-posta adresinize ulaşacak.
page-asked-newest = Bağlantı bir kez kullanılabilir; yalnızca en son e-postadaki bağlantı çalışır.
page-asked-earlier = Kısa süre önce size bir bağlantı gönderildiyse onu kullanın: Kullanılmadıysa ve iptal edilmediyse hâlâ çalışır.
page-asked-nothing = Birkaç dakika geçti ama hiçbir şey gelmedi mi? Önce spam klasörüne bakın, sonra yeniden isteyin.
page-ask-again = Yeniden iste
page-sign-in = Giriş sayfasına git
page-code-title = E-postanızdaki kodu yazın
page-code = E-postadaki kod
page-code-lead = Bağlantı bu cihazda açılmıyorsa e-postadaki kodu yazın:
page-code-use = Kodu kullan
page-code-wrong = Bu kod çalışmıyor. En son e-postadaki, 10 dakika geçerli olan kodu yazın veya oradaki bağlantıyı açın.
page-have-code = Bir kodum var

# The page of a link: the form for the new password.
page-reset = Yeni şifre belirleyin
page-invite = Şifrenizi belirleyin
page-reset-account = Bu sayfa, { $address } adresine ait hesap içindir.
page-password = Yeni şifre
page-needs = Gerekenler:
page-show = Şifreyi göster
page-second-factor = İkinci doğrulama adımının kodu
page-set = Şifreyi belirle
page-error = Hata: { $title }
page-rejected = Şifreniz değiştirilmedi. Yazdığınız şifrede aşağıda işaretlenen eksikler var. Bağlantınız hâlâ çalışıyor.
page-met = Tamam:
page-missing = Eksik:
page-separator = { ", " }
page-all-met = Gereken her şey tamam.
page-none-missing = Şimdilik bir eksik yok.
page-not-you = Bunu siz istemediyseniz bağlantıyı iptal edin; böylece onu kimse kullanamaz.
page-cancel = Bunu ben istemedim

# What else the page of a link says.
page-done = Şifreniz belirlendi
page-done-lead = Şifreniz bu bağlantıyla belirlendi ve tüm oturumlarınız kapatıldı. Bunu siz yaptıysanız yeni şifrenizle giriş yapın.
page-done-otherwise = Bunu siz yapmadıysanız hemen yeni bir bağlantı isteyin.
page-dead = Bu bağlantı çalışmıyor
page-new-link = Yeni bağlantı iste
page-renew = Yeni bağlantı gönder
page-renew-title = Yeni bir bağlantı gönderilsin mi?
page-renew-lead = Yeni bağlantı, bu bağlantının ait olduğu hesabın e-posta adresine gönderilir.
page-cancel-title = Bu bağlantı iptal edilsin mi?
page-cancel-lead = Bağlantıyı artık kimse kullanamaz, şifreniz de olduğu gibi kalır.
page-cancel-do = Bağlantıyı iptal et
page-keep = Bağlantı kalsın
page-reopen = Bağlantıyı yeniden açın
page-reopen-lead = Bağlantı en son e-postadadır ve onunla bir şifre belirlenene kadar çalışır.

# Why a link is not good.
refused-unknown = Bu bağlantı geçerli değil. Yeni bir bağlantı isteyin.
refused-superseded = Daha yeni bir bağlantı istendi. En son e-postadaki bağlantıyı kullanın; e-posta gelmediyse yeniden isteyin.
refused-used = Bu bağlantı daha önce kullanıldı.
refused-revoked = Bu bağlantı iptal edildi. Yeni bir bağlantı isteyin.
refused-expired = Bu bağlantının süresi doldu. Yeni bir bağlantı isteyin.
refused-changed = Bu bağlantı gönderildikten sonra adresiniz veya şifreniz değişti. Yeni bir bağlantı isteyin.

# What goes wrong with a form.
page-busy = Biraz sonra yeniden deneyin
page-busy-lead = Şu anda burada çok fazla yoğunluk var. Hiçbir şey kaybolmadı: Size daha önce gönderilen bağlantı hâlâ çalışır.
page-foreign = Bu, başka bir yerden geldi
page-foreign-lead = Bu form başka bir site tarafından gönderildiği için kabul edilmedi. Sayfayı burada açıp yeniden deneyin.
page-unread = Form okunamadı
page-unread-lead = Form, gönderildiği gibi ulaşmadı. Geri dönüp yeniden gönderin.
page-too-large-lead = Form, bu sayfanın kabul ettiğinden daha uzun. Geri dönüp yazdıklarınızı kısaltın ve yeniden gönderin.
page-nowhere = Böyle bir sayfa yok
