# The subject and the sentences of the mail with the link.
reset-subject = إعادة تعيين كلمة مرور حسابك لدى { $service }
hello = مرحبًا { $name }،
asked = تلقّينا طلبًا لإعادة تعيين كلمة مرور الحساب { $address } لدى { $service } في { $moment }.
asked-administrator = طلب أحد المشرفين إعادة تعيين كلمة مرور الحساب { $address } لدى { $service } في { $moment }.
open-link = لتعيين كلمة مرور جديدة، يُرجى فتح هذا الرابط:
button = تعيين كلمة مرور جديدة
or-address = إذا لم يفتح الزر أي صفحة، فيُرجى الانتقال إلى هذا العنوان:
valid = الرابط صالح لمدة { $span }، حتى { $moment }.
only-newest = يمكن استخدام الرابط مرة واحدة، ولا يعمل إلا الرابط الوارد في أحدث رسالة.
not-you = إذا لم يصدر هذا الطلب عنك، فيمكنك تجاهل هذه الرسالة، وستبقى كلمة مرورك كما هي.
not-expected = إذا لم تكن هذه الرسالة متوقَّعة، فيمكنك تجاهلها، وستبقى كلمة مرورك كما هي.

# The code beside the link, for a device on which the link does not open.
code-lead = إذا لم يُفتح الرابط على الجهاز الذي تستخدمه، فيُرجى كتابة هذا الرمز عليه:
code-valid = الرمز صالح لمدة { $span }، حتى { $moment }.
code-secret = لا نطلب هذا الرمز أبدًا، لا عبر الهاتف ولا في رسالة، فيُرجى عدم إخبار أي شخص به.

# The notice after the password was changed, with a link or while signed in.
changed-subject = تم تغيير كلمة مرور حسابك لدى { $service }
changed = تم تغيير كلمة مرور الحساب { $address } لدى { $service } في { $moment }.
was-you = إذا كان هذا التغيير منك، فلا حاجة إلى أي إجراء.
was-not-you = إذا لم يكن هذا التغيير منك، فيُرجى التصرّف فورًا: طلب رابط جديد (عبر «هل نسيت كلمة المرور؟» في صفحة تسجيل الدخول)، وتعيين كلمة مرور جديدة، والتواصل مع { $contact }.
mailbox = قد يكون بإمكان شخص آخر قراءة بريدك الإلكتروني، لذا يُرجى تغيير كلمة مرور بريدك أيضًا.

# The mail to somebody who asked, and whose account has no password. It begins with "asked".
explanation-subject = كيفية تسجيل الدخول إلى حسابك لدى { $service }
explanation-none = لا توجد كلمة مرور لهذا الحساب، لذا لا يوجد ما يُعاد تعيينه.
explanation-sign-in = يُرجى تسجيل الدخول عبر { $sign-in } كما في المرات السابقة.
explanation-otherwise = يُرجى تسجيل الدخول بالطريقة السابقة نفسها، مثلًا عبر حسابك لدى خدمة أخرى.
explanation-not-you = إذا لم يصدر هذا الطلب عنك، فيمكنك تجاهل هذه الرسالة، إذ لم يتغيّر شيء.

# The invitation to choose a first password. "valid" and "only-newest" stand in it as well.
invite-subject = تعيين كلمة مرور حسابك لدى { $service }
invited = تمت دعوتك للانضمام إلى { $service } بالحساب { $address } في { $moment }.
invite-open-link = لتعيين كلمة مرورك، يُرجى فتح هذا الرابط:
invite-button = تعيين كلمة مرور
invite-not-expected = إذا لم تكن هذه الرسالة متوقَّعة، فيمكنك تجاهلها، إذ لا يمكن لأحد تسجيل الدخول من دون كلمة مرور.

# Times. "span" stands in "valid", "moment" in "asked", "changed" and "valid".
span-moments = أقل من دقيقة
span-minutes = { $number ->
    [zero] { $number } دقيقة
    [one] دقيقة واحدة
    [two] دقيقتين
    [few] { $number } دقائق
    [many] { $number } دقيقة
   *[other] { $number } دقيقة
}
span-hours = { $number ->
    [zero] { $number } ساعة
    [one] ساعة واحدة
    [two] ساعتين
    [few] { $number } ساعات
    [many] { $number } ساعة
   *[other] { $number } ساعة
}
span-days = { $number ->
    [zero] { $number } يوم
    [one] يوم واحد
    [two] يومين
    [few] { $number } أيام
    [many] { $number } يومًا
   *[other] { $number } يوم
}
moment = { $date } الساعة { $time } بتوقيت { $zone }
date = { $day } { $month ->
    [1] يناير
    [2] فبراير
    [3] مارس
    [4] أبريل
    [5] مايو
    [6] يونيو
    [7] يوليو
    [8] أغسطس
    [9] سبتمبر
    [10] أكتوبر
    [11] نوفمبر
   *[12] ديسمبر
} { $year }

# What the policy asks for: a phrase for a list, and under "missed" a sentence for a password
# that misses it.
too_short = { $min ->
    [zero] { $min } حرف على الأقل
    [one] حرف واحد ({ $min }) على الأقل
    [two] حرفان ({ $min }) على الأقل
    [few] { $min } أحرف على الأقل
    [many] { $min } حرفًا على الأقل
   *[other] { $min } حرف على الأقل
}
    .missed = { $min ->
        [zero] يُرجى استخدام { $min } حرف على الأقل.
        [one] يُرجى استخدام حرف واحد ({ $min }) على الأقل.
        [two] يُرجى استخدام حرفين ({ $min }) على الأقل.
        [few] يُرجى استخدام { $min } أحرف على الأقل.
        [many] يُرجى استخدام { $min } حرفًا على الأقل.
       *[other] يُرجى استخدام { $min } حرف على الأقل.
    }
missing_digit = رقم واحد على الأقل
    .missed = يُرجى استخدام رقم واحد على الأقل.
missing_lowercase = حرف صغير واحد على الأقل (مثل a)
    .missed = يُرجى استخدام حرف صغير واحد على الأقل (مثل a).
missing_uppercase = حرف كبير واحد على الأقل (مثل A)
    .missed = يُرجى استخدام حرف كبير واحد على الأقل (مثل A).
blank_password = حرف مرئي واحد على الأقل
    .missed = يُرجى استخدام حرف مرئي واحد على الأقل.
too_long = { $max ->
    [zero] { $max } حرف على الأكثر
    [one] حرف واحد ({ $max }) على الأكثر
    [two] حرفان ({ $max }) على الأكثر
    [few] { $max } أحرف على الأكثر
    [many] { $max } حرفًا على الأكثر
   *[other] { $max } حرف على الأكثر
}
    .missed = { $max ->
        [zero] يُرجى استخدام { $max } حرف على الأكثر.
        [one] يُرجى استخدام حرف واحد ({ $max }) على الأكثر.
        [two] يُرجى استخدام حرفين ({ $max }) على الأكثر.
        [few] يُرجى استخدام { $max } أحرف على الأكثر.
        [many] يُرجى استخدام { $max } حرفًا على الأكثر.
       *[other] يُرجى استخدام { $max } حرف على الأكثر.
    }
too_many_bytes = { $max ->
    [zero] { $max } بايت على الأكثر
    [one] بايت واحد ({ $max }) على الأكثر
    [two] بايتان ({ $max }) على الأكثر
    [few] { $max } بايتات على الأكثر
    [many] { $max } بايتًا على الأكثر
   *[other] { $max } بايت على الأكثر
} (كل حرف عربي يشغل أكثر من بايت واحد، وكذلك بعض الرموز)
    .missed = { $max ->
        [zero] يُرجى استخدام { $max } بايت على الأكثر
        [one] يُرجى استخدام بايت واحد ({ $max }) على الأكثر
        [two] يُرجى استخدام بايتين ({ $max }) على الأكثر
        [few] يُرجى استخدام { $max } بايتات على الأكثر
        [many] يُرجى استخدام { $max } بايتًا على الأكثر
       *[other] يُرجى استخدام { $max } بايت على الأكثر
    } (كل حرف عربي يشغل أكثر من بايت واحد، وكذلك بعض الرموز).
too_many_bytes_for_bcrypt = { $max ->
    [zero] { $max } بايت على الأكثر
    [one] بايت واحد ({ $max }) على الأكثر
    [two] بايتان ({ $max }) على الأكثر
    [few] { $max } بايتات على الأكثر
    [many] { $max } بايتًا على الأكثر
   *[other] { $max } بايت على الأكثر
}، لأن خوارزمية bcrypt لا تقرأ من كلمة المرور أكثر من ذلك (كل حرف عربي يشغل أكثر من بايت واحد، وكذلك بعض الرموز)
    .missed = { $max ->
        [zero] يُرجى استخدام { $max } بايت على الأكثر
        [one] يُرجى استخدام بايت واحد ({ $max }) على الأكثر
        [two] يُرجى استخدام بايتين ({ $max }) على الأكثر
        [few] يُرجى استخدام { $max } بايتات على الأكثر
        [many] يُرجى استخدام { $max } بايتًا على الأكثر
       *[other] يُرجى استخدام { $max } بايت على الأكثر
    }، لأن خوارزمية bcrypt لا تقرأ من كلمة المرور أكثر من ذلك (كل حرف عربي يشغل أكثر من بايت واحد، وكذلك بعض الرموز).
nul_character = من دون حرف NUL
    .missed = يُرجى عدم استخدام حرف NUL.
unassigned_character = أحرف معرّفة في يونيكود فقط
    .missed = يُرجى استخدام أحرف معرّفة في يونيكود فقط.
common_password = كلمة مرور ليست من بين أكثر كلمات المرور شيوعًا
    .missed = يُرجى استخدام كلمة مرور ليست من بين أكثر كلمات المرور شيوعًا.
context_word = كلمة مرور لا تتكوّن من اسمك أو عنوان بريدك الإلكتروني أو اسمنا
    .missed = يُرجى استخدام كلمة مرور لا تتكوّن من اسمك أو عنوان بريدك الإلكتروني أو اسمنا.
too_guessable = كلمة مرور يصعب تخمينها
    .missed = يُرجى استخدام كلمة مرور يصعب تخمينها.
breached_password = كلمة مرور لم تظهر في أي تسريب بيانات
    .missed = يُرجى استخدام كلمة مرور لم تظهر في أي تسريب بيانات.

# What zxcvbn says of a password that is too easy to guess.
guessable_keyboard_row = يسهل تخمين المفاتيح المتجاورة في صف واحد من لوحة المفاتيح.
guessable_keyboard_pattern = يسهل تخمين الأنماط القصيرة على لوحة المفاتيح.
guessable_repeated_character = يسهل تخمين الحرف الواحد المكرر مرات كثيرة.
guessable_repetition = كتابة الشيء نفسه مرتين لا تكاد تزيد من صعوبة تخمينه.
guessable_top_10 = كلمة المرور هذه من بين كلمات المرور العشر الأكثر شيوعًا.
guessable_top_100 = كلمة المرور هذه من بين كلمات المرور المئة الأكثر شيوعًا.
guessable_common = يستخدم كثيرون كلمة المرور هذه.
guessable_like_common = كلمة المرور هذه قريبة من كلمة مرور يستخدمها كثيرون.
guessable_sequence = يسهل تخمين التسلسلات مثل abc أو 6543.
guessable_year = يسهل تخمين السنوات الأخيرة.
guessable_word = يسهل تخمين الكلمة المنفردة.
guessable_date = يسهل تخمين التواريخ.
guessable_name = يسهل تخمين الاسم وحده.
guessable_common_name = يسهل تخمين الأسماء الشائعة.
try_several_words = من الأفضل استخدام عدة كلمات، على ألا تكون عبارة مشهورة.
try_length = الطول يفيد أكثر من الرموز أو الأرقام أو الأحرف الكبيرة.
try_another_word = من الأفضل إضافة كلمة أو كلمتين، وكلما كانت الكلمة أندر كان ذلك أفضل.
try_more_than_capitals = الأحرف الكبيرة وحدها لا تفيد كثيرًا.
try_more_than_all_capitals = جعل كل الأحرف كبيرةً لا يفيد كثيرًا.
try_more_than_reversal = كتابة الكلمات معكوسةً لا تفيد كثيرًا.
try_more_than_substitution = استبدال الأحرف، مثل كتابة @ بدلًا من a، لا يفيد كثيرًا.
try_longer_pattern = من الأفضل استخدام نمط مفاتيح أطول، مع تغيير الاتجاه مرات أكثر.
try_no_repetition = من الأفضل تجنب تكرار الكلمات أو الأحرف.
try_no_sequence = من الأفضل تجنب التسلسلات.
try_no_recent_year = من الأفضل تجنب السنوات الأخيرة.
try_no_own_year = من الأفضل تجنب السنوات التي لها صلة بك.
try_no_own_date = من الأفضل تجنب التواريخ أو السنوات التي لها صلة بك.

# The pages: "forgotten password", and what is shown after it.
page-forgot = هل نسيت كلمة المرور؟
page-forgot-lead = يُرجى كتابة عنوان البريد الإلكتروني المستخدَم لتسجيل الدخول. سيصلك رابط لتعيين كلمة مرور جديدة.
page-login = عنوان البريد الإلكتروني
page-send = إرسال الرابط
page-asked = يُرجى التحقق من بريدك الإلكتروني
page-asked-lead = إذا كان لديك حساب هنا، فسيصل قريبًا إلى بريدك الإلكتروني رابط لتعيين كلمة مرور جديدة.
page-asked-newest = يمكن استخدام الرابط مرة واحدة، ولا يعمل إلا الرابط الوارد في أحدث رسالة.
page-asked-earlier = إذا أُرسل إليك رابط قبل وقت قصير، فيُرجى استخدامه: لا يزال يعمل، ما لم يُستخدم أو يُلغَ.
page-asked-nothing = لم يصلك شيء بعد بضع دقائق؟ يُرجى البحث في الرسائل غير المرغوب فيها، ثم طلب الرابط من جديد.
page-ask-again = إعادة الطلب
page-sign-in = الانتقال إلى تسجيل الدخول
page-code-title = يُرجى كتابة الرمز الوارد في رسالتك
page-code = الرمز الوارد في الرسالة
page-code-lead = إذا لم يُفتح الرابط على هذا الجهاز، فيُرجى كتابة الرمز الوارد في الرسالة:
page-code-use = استخدام الرمز
page-code-wrong = هذا الرمز لا يعمل. يُرجى كتابة الرمز الوارد في أحدث رسالة، وهو صالح لمدة 10 دقائق، أو فتح الرابط الموجود فيها.
page-have-code = لديّ رمز

# The page of a link: the form for the new password.
page-reset = تعيين كلمة مرور جديدة
page-invite = تعيين كلمة مرورك
page-reset-account = هذه الصفحة خاصة بالحساب { $address }.
page-password = كلمة المرور الجديدة
page-needs = المطلوب:
page-show = إظهار كلمة المرور
page-second-factor = رمز عامل التحقق الثاني
page-set = تعيين كلمة المرور
page-error = خطأ: { $title }
page-rejected = لم يتم تغيير كلمة مرورك. ينقص كلمة المرور المكتوبة ما هو محدَّد أدناه. لا يزال رابطك يعمل.
page-met = مستوفى:
page-missing = غير مستوفى:
page-separator = { "، " }
page-all-met = جميع المتطلبات مستوفاة.
page-none-missing = لا ينقص شيء حتى الآن.
page-not-you = إذا لم يصدر هذا الطلب عنك، فيُرجى إلغاء الرابط، ولن يتمكن أحد من استخدامه.
page-cancel = لم أطلب ذلك

# What else the page of a link says.
page-done = تم تعيين كلمة مرورك
page-done-lead = تم تعيينها عبر هذا الرابط، وتم تسجيل خروجك من كل الأجهزة. إذا كان هذا التغيير منك، فيُرجى تسجيل الدخول بكلمة المرور الجديدة.
page-done-otherwise = إذا لم يكن هذا التغيير منك، فيُرجى طلب رابط جديد فورًا.
page-dead = هذا الرابط لا يعمل
page-new-link = طلب رابط جديد
page-renew = إرسال رابط جديد
page-renew-title = إرسال رابط جديد؟
page-renew-lead = سيُرسَل إلى عنوان البريد الإلكتروني للحساب الذي يخصّه هذا الرابط.
page-cancel-title = إلغاء هذا الرابط؟
page-cancel-lead = لن يتمكن أحد من استخدامه، وستبقى كلمة مرورك كما هي.
page-cancel-do = إلغاء الرابط
page-keep = الإبقاء على الرابط
page-reopen = يُرجى فتح الرابط مرة أخرى
page-reopen-lead = الرابط موجود في أحدث رسالة، ويظل يعمل إلى أن تُعيَّن به كلمة مرور.

# Why a link is not good.
refused-unknown = هذا الرابط غير صالح. يُرجى طلب رابط جديد.
refused-superseded = تم طلب رابط أحدث. يُرجى استخدام الرابط الوارد في أحدث رسالة، أو إعادة الطلب إذا لم تصلك رسالة.
refused-used = سبق استخدام هذا الرابط.
refused-revoked = تم إلغاء هذا الرابط. يُرجى طلب رابط جديد.
refused-expired = انتهت صلاحية هذا الرابط. يُرجى طلب رابط جديد.
refused-changed = تغيّر عنوان بريدك الإلكتروني أو كلمة مرورك بعد إرسال هذا الرابط. يُرجى طلب رابط جديد.

# What goes wrong with a form.
page-busy = يُرجى المحاولة بعد قليل
page-busy-lead = هناك ضغط كبير هنا في الوقت الحالي. لم يضِع شيء: أي رابط أُرسل إليك لا يزال يعمل.
page-foreign = ورد هذا الطلب من مكان آخر
page-foreign-lead = أرسل موقع آخر هذا النموذج، لذلك لم يُقبل. يُرجى فتح الصفحة هنا والمحاولة من جديد.
page-unread = تعذّرت قراءة النموذج
page-unread-lead = لم يصل النموذج كما أُرسل. يُرجى الرجوع وإرساله من جديد.
page-too-large-lead = النموذج أطول مما تقبله هذه الصفحة. يُرجى الرجوع واختصار النص المكتوب ثم إرساله من جديد.
page-nowhere = هذه الصفحة غير موجودة
