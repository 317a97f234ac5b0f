# The subject and the sentences of the mail with the link.
reset-subject = { $service }のパスワード再設定
hello = { $name }様
asked = { $moment }に、{ $service }アカウント（{ $address }）のパスワード再設定のリクエストがありました。
asked-administrator = { $moment }に、管理者が{ $service }アカウント（{ $address }）のパスワード再設定をリクエストしました。
open-link = 新しいパスワードを設定するには、次のリンクを開いてください：
button = 新しいパスワードを設定
or-address = ボタンを押してもページが開かない場合は、次のURLを開いてください：
valid = リンクの有効期間は{ $span }、期限は{ $moment }です。
only-newest = リンクは1回だけ使えます。使えるのは、最新のメールに記載されたリンクのみです。
not-you = ご自身でリクエストしていない場合は、このメールを無視してください。パスワードは今のまま変わりません。
not-expected = お心当たりがない場合は、このメールを無視してください。パスワードは今のまま変わりません。

# The code beside the link, for a device on which the link does not open.
code-lead = お使いの端末でリンクが開かない場合は、その端末で次のコードを入力してください：
code-valid = コードの有効期間は{ $span }、期限は{ $moment }です。
code-secret = 電話やメッセージでコードをお尋ねすることは決してありません。誰にも教えないでください。

# The notice after the password was changed, with a link or while signed in.
changed-subject = { $service }のパスワードが変更されました
changed = { $moment }に、{ $service }アカウント（{ $address }）のパスワードが変更されました。
was-you = ご自身で変更した場合は、何もする必要はありません。
was-not-you = ご自身で変更していない場合は、すぐに対処してください。ログイン画面の「パスワードをお忘れですか？」から新しいリンクを取得し、新しいパスワードを設定したうえで、{ $contact } までご連絡ください。
mailbox = メールを第三者に読まれている可能性があるため、メールアカウントのパスワードも変更してください。

# The mail to somebody who asked, and whose account has no password. It begins with "asked".
explanation-subject = { $service }へのログイン方法
explanation-none = このアカウントにはパスワードが設定されていないため、再設定するパスワードはありません。
explanation-sign-in = これまでと同じように、{ $sign-in }でログインしてください。
explanation-otherwise = これまでと同じ方法（ほかのサービスのアカウントなど）でログインしてください。
explanation-not-you = ご自身でリクエストしていない場合は、このメールを無視してください。何も変更されていません。

# The invitation to choose a first password. "valid" and "only-newest" stand in it as well.
invite-subject = { $service }のパスワード設定
invited = { $moment }に、{ $service }への招待がありました（アカウント：{ $address }）。
invite-open-link = パスワードを設定するには、次のリンクを開いてください：
invite-button = パスワードを設定
invite-not-expected = お心当たりがない場合は、このメールを無視してください。パスワードが設定されない限り、誰もログインできません。

# Times. "span" stands in "valid", "moment" in "asked", "changed" and "valid".
span-moments = 1分未満
span-minutes = { $number }分間
span-hours = { $number }時間
span-days = { $number }日間
moment = { $date } { $time }（{ $zone }）
date = { $year }年{ $month }月{ $day }日

# What the policy asks for: a phrase for a list, and under "missed" a sentence for a password
# that misses it.
too_short = { $min }文字以上
    .missed = { $min }文字以上にしてください。
missing_digit = 数字を1文字以上
    .missed = 数字を1文字以上使ってください。
missing_lowercase = 英小文字を1文字以上
    .missed = 英小文字を1文字以上使ってください。
missing_uppercase = 英大文字を1文字以上
    .missed = 英大文字を1文字以上使ってください。
blank_password = 目に見える文字を1文字以上
    .missed = 目に見える文字を1文字以上使ってください。
too_long = { $max }文字以内
    .missed = { $max }文字以内にしてください。
too_many_bytes = { $max }バイト以内（かな・漢字や一部の記号は1文字で複数バイトになります）
    .missed = { $max }バイト以内にしてください（かな・漢字や一部の記号は1文字で複数バイトになります）。
too_many_bytes_for_bcrypt = { $max }バイト以内（bcryptはパスワードをそれ以上読み取りません。かな・漢字や一部の記号は1文字で複数バイトになります）
    .missed = { $max }バイト以内にしてください。bcryptはパスワードをそれ以上読み取りません（かな・漢字や一部の記号は1文字で複数バイトになります）。
nul_character = NUL文字を含まないこと
    .missed = NUL文字は使わないでください。
unassigned_character = Unicodeで定義されている文字のみ
    .missed = Unicodeで定義されている文字だけを使ってください。
common_password = 特によく使われるパスワードではないこと
    .missed = 特によく使われるパスワードは避けてください。
context_word = お名前、メールアドレス、当サービスの名前から作られていないこと
    .missed = お名前、メールアドレス、当サービスの名前から作られていないパスワードにしてください。
too_guessable = 推測されにくいこと
    .missed = 推測されにくいパスワードにしてください。
breached_password = 情報漏えいで流出したことがないこと
    .missed = 情報漏えいで流出したことがないパスワードにしてください。

# What zxcvbn says of a password that is too easy to guess.
guessable_keyboard_row = キーボードで横に並んだキーは推測されやすいです。
guessable_keyboard_pattern = キーボード上の短いパターンは推測されやすいです。
guessable_repeated_character = 同じ文字の繰り返しは推測されやすいです。
guessable_repetition = 2回繰り返しても、推測のしやすさはほとんど変わりません。
guessable_top_10 = 最もよく使われるパスワードの上位10件に入っています。
guessable_top_100 = 最もよく使われるパスワードの上位100件に入っています。
guessable_common = 多くの人が使っているパスワードです。
guessable_like_common = 多くの人が使っているパスワードに似ています。
guessable_sequence = abcや6543のような連続した文字は推測されやすいです。
guessable_year = 最近の年を表す数字は推測されやすいです。
guessable_word = 1つの単語だけでは推測されやすいです。
guessable_date = 日付は推測されやすいです。
guessable_name = 名前だけでは推測されやすいです。
guessable_common_name = よくある名前は推測されやすいです。
try_several_words = 複数の単語を組み合わせてください。ただし、よく知られたフレーズは避けてください。
try_length = 記号や数字、大文字を増やすより、長くするほうが効果的です。
try_another_word = 単語を1つか2つ加えてください。珍しい単語ほど効果的です。
try_more_than_capitals = 大文字を使うだけでは、あまり効果がありません。
try_more_than_all_capitals = すべて大文字にしても、あまり効果がありません。
try_more_than_reversal = 単語を逆からつづっても、あまり効果がありません。
try_more_than_substitution = aを@にするような文字の置き換えは、あまり効果がありません。
try_longer_pattern = もっと長く、何度も向きを変えるキーのパターンにしてください。
try_no_repetition = 単語や文字の繰り返しは避けてください。
try_no_sequence = 連続した文字は避けてください。
try_no_recent_year = 最近の年を表す数字は避けてください。
try_no_own_year = ご自身に関係のある年は避けてください。
try_no_own_date = ご自身に関係のある日付や年は避けてください。

# The pages: "forgotten password", and what is shown after it.
page-forgot = パスワードをお忘れですか？
page-forgot-lead = ログインに使っているメールアドレスを入力してください。新しいパスワードを設定するためのリンクをお送りします。
page-login = メールアドレス
page-send = リンクを送信
page-asked = メールを確認してください
page-asked-lead = アカウントをお持ちの場合は、新しいパスワードを設定するためのリンクがまもなくメールで届きます。
page-asked-newest = リンクは1回だけ使えます。使えるのは、最新のメールに記載されたリンクのみです。
page-asked-earlier = 少し前にリンクが届いている場合は、そのリンクを使ってください。使用したり無効にしたりしていなければ、まだ使えます。
page-asked-nothing = 数分たっても届かない場合は、迷惑メールを確認してから、もう一度リクエストしてください。
page-ask-again = もう一度リクエスト
page-sign-in = ログイン画面へ
page-code-title = メールのコードを入力してください
page-code = メールに記載されたコード
page-code-lead = この端末でリンクが開かない場合は、メールに記載されたコードを入力してください：
page-code-use = コードを使う
page-code-wrong = このコードは使えません。最新のメールに記載されたコード（有効期間は10分です）を入力するか、メールのリンクを開いてください。
page-have-code = コードを持っています

# The page of a link: the form for the new password.
page-reset = 新しいパスワードを設定
page-invite = パスワードの設定
page-reset-account = アカウント（{ $address }）のパスワードを設定します。
page-password = 新しいパスワード
page-needs = パスワードの条件：
page-show = パスワードを表示
page-second-factor = 2段階認証のコード
page-set = パスワードを設定
page-error = エラー：{ $title }
page-rejected = パスワードは変更されていません。入力したパスワードは、下に示した条件を満たしていません。リンクは引き続き使えます。
page-met = 達成：
page-missing = 未達成：
page-separator = { "、" }
page-all-met = すべての条件を満たしています。
page-none-missing = 今のところ、満たしていない条件はありません。
page-not-you = お心当たりがない場合は、リンクを無効にしてください。誰もそのリンクを使えなくなります。
page-cancel = 心当たりがない

# What else the page of a link says.
page-done = パスワードが設定されました
page-done-lead = このリンクからパスワードが設定され、すべての端末からログアウトされました。ご自身で設定した場合は、新しいパスワードでログインしてください。
page-done-otherwise = ご自身で設定していない場合は、すぐに新しいリンクをリクエストしてください。
page-dead = このリンクは使えません
page-new-link = 新しいリンクをリクエスト
page-renew = 新しいリンクを送信
page-renew-title = 新しいリンクを送信しますか？
page-renew-lead = このリンクの対象アカウントのメールアドレスに送信されます。
page-cancel-title = このリンクを無効にしますか？
page-cancel-lead = 誰もこのリンクを使えなくなります。パスワードは今のまま変わりません。
page-cancel-do = リンクを無効にする
page-keep = リンクを残す
page-reopen = もう一度リンクを開いてください
page-reopen-lead = リンクは最新のメールに記載されています。そのリンクからパスワードを設定するまでは使えます。

# Why a link is not good.
refused-unknown = このリンクは正しくありません。新しいリンクをリクエストしてください。
refused-superseded = より新しいリンクがリクエストされています。最新のメールに記載されたリンクを使ってください。メールが届いていない場合は、もう一度リクエストしてください。
refused-used = このリンクはすでに使用されています。
refused-revoked = このリンクは無効にされています。新しいリンクをリクエストしてください。
refused-expired = このリンクは有効期限が切れています。新しいリンクをリクエストしてください。
refused-changed = このリンクの送信後に、メールアドレスまたはパスワードが変更されました。新しいリンクをリクエストしてください。

# What goes wrong with a form.
page-busy = しばらくしてからもう一度お試しください
page-busy-lead = 現在、大変混み合っています。すでに届いているリンクはそのまま使えますので、ご安心ください。
page-foreign = 別のサイトから送信されました
page-foreign-lead = このフォームは別のサイトから送信されたため、受け付けませんでした。こちらでページを開いて、もう一度お試しください。
page-unread = 内容を読み取れませんでした
page-unread-lead = フォームの内容が送信時のまま届きませんでした。前のページに戻って、もう一度送信してください。
page-too-large-lead = フォームの内容が、このページで受け付けられる長さを超えています。前のページに戻り、入力内容を短くして、もう一度送信してください。
page-nowhere = ページが見つかりません
