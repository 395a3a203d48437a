/* Inside WeChat and the like a page may be refused the position, downloads and links to map apps: it says how
   to get out. */
"use strict";

(() => {
  const APPS = /MicroMessenger|DingTalk|AlipayClient|Weibo|QQ\/|Lark/;
  const note = document.getElementById("inside-app");
  if (note && APPS.test(navigator.userAgent)) note.hidden = false;
})();
