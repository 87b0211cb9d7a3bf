/* pay_page.h: the page behind the QR code of a guided visit, and the image of the code. */
#ifndef CSMS_PAY_PAGE_H
#define CSMS_PAY_PAGE_H

/* pay_qr_svg: |text| as a QR code in SVG, to free(); NULL: this program was built without libqrencode (pay_qr_none.c), there is
 * no memory, or the text is too long. */
char *pay_qr_svg(const char *text);

#endif
