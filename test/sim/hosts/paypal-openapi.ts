import { z } from 'zod';

// Requests and answers as PayPal's OpenAPI files have them, written by hand for the fields that are used here: checkout_orders_v2.json (2.13),
// payments_payment_v2.json, reporting_transactions_v1.json (1.9) of github.com/paypal/paypal-rest-api-specifications. Requests are strict: a
// field that is not there is refused.

const DateTime = z
  .string()
  .min(20)
  .max(64)
  .regex(
    /^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[1-2][0-9]|3[0-1])[T,t]([0-1][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)([.][0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})$/,
  );

const Money = z.strictObject({
  currency_code: z.string().length(3),
  value: z
    .string()
    .max(32)
    .regex(/^((-?[0-9]+)|(-?([0-9]+)?[.][0-9]+))$/),
});

const Links = z.array(z.object({ href: z.string(), rel: z.string() }));

/** `order_request` */
export const OrderRequest = z.strictObject({
  intent: z.enum(['CAPTURE', 'AUTHORIZE']),
  purchase_units: z
    .array(
      z.strictObject({
        reference_id: z.string().min(1).max(256).optional(),
        invoice_id: z.string().min(1).max(127).optional(),
        custom_id: z.string().min(1).max(255).optional(),
        amount: Money,
      }),
    )
    .min(1)
    .max(10),
  payment_source: z
    .strictObject({
      paypal: z.strictObject({
        vault_id: z
          .string()
          .min(1)
          .max(255)
          .regex(/^[0-9a-zA-Z_-]+$/),
      }),
    })
    .optional(),
});

/** `refund_request` */
export const RefundRequest = z.strictObject({
  amount: Money.optional(),
  custom_id: z.string().min(1).max(127).optional(),
  invoice_id: z.string().min(1).max(127).optional(),
  note_to_payer: z.string().min(1).max(255).optional(),
});

/** `refund`; its `custom_id` has no colon. */
export const Refund = z.object({
  id: z.string(),
  status: z.enum(['CANCELLED', 'FAILED', 'PENDING', 'COMPLETED']),
  status_details: z.strictObject({ reason: z.enum(['ECHECK']) }).optional(),
  amount: Money,
  invoice_id: z.string().optional(),
  custom_id: z
    .string()
    .min(1)
    .max(255)
    .regex(/^[A-Za-z0-9-_.,]*$/)
    .optional(),
  create_time: DateTime,
  update_time: DateTime,
  links: Links,
});

/** `capture`, and `related_ids` */
export const Capture = z.object({
  id: z.string(),
  status: z.enum(['COMPLETED', 'DECLINED', 'PARTIALLY_REFUNDED', 'PENDING', 'REFUNDED', 'FAILED']),
  status_details: z.object({ reason: z.string() }).optional(),
  amount: Money,
  invoice_id: z.string().optional(),
  custom_id: z.string().max(255).optional(),
  final_capture: z.boolean(),
  seller_receivable_breakdown: z.object({ gross_amount: Money, paypal_fee: Money, net_amount: Money }),
  supplementary_data: z.object({
    related_ids: z.object({
      order_id: z
        .string()
        .max(20)
        .regex(/^[A-Z0-9]+$/),
    }),
  }),
  create_time: DateTime,
  update_time: DateTime,
  links: Links,
});

/** `order` */
export const Order = z.object({
  id: z.string(),
  intent: z.enum(['CAPTURE', 'AUTHORIZE']),
  status: z.enum(['CREATED', 'SAVED', 'APPROVED', 'VOIDED', 'COMPLETED', 'PAYER_ACTION_REQUIRED']),
  purchase_units: z.array(
    z.object({
      reference_id: z.string(),
      amount: Money,
      payments: z.object({ captures: z.array(Capture), refunds: z.array(Refund).optional() }).optional(),
    }),
  ),
  create_time: DateTime,
  links: Links,
});

/** `error_400`, `error_404`, `error_409`, `error_422`, `error_500` */
export const Refused = z.object({
  name: z.string(),
  message: z.string(),
  debug_id: z.string(),
  details: z.array(z.object({ issue: z.string() })).optional(),
});

/** The query of `search.get` */
export const SearchQuery = z.strictObject({
  start_date: DateTime,
  end_date: DateTime,
  fields: z.literal('transaction_info'),
  page_size: z.coerce.number().int().min(1).max(500),
  page: z.coerce.number().int().min(1),
});

/** `search_response` */
export const SearchResponse = z.object({
  transaction_details: z.array(
    z.strictObject({
      transaction_info: z.strictObject({
        transaction_id: letters(24),
        paypal_reference_id: letters(24).optional(),
        paypal_reference_id_type: z.enum(['ODR', 'TXN', 'SUB', 'PAP']).optional(),
        transaction_event_code: letters(5),
        transaction_initiation_date: DateTime,
        transaction_updated_date: DateTime,
        transaction_amount: Money,
        fee_amount: Money.optional(),
        transaction_status: letters(1),
        invoice_id: text().optional(),
        custom_field: text().optional(),
      }),
    }),
  ),
  last_refreshed_datetime: DateTime,
  page: z.int(),
  total_items: z.int(),
  total_pages: z.int(),
});

function letters(most: number) {
  return z
    .string()
    .min(1)
    .max(most)
    .regex(/^[a-zA-Z0-9]*$/);
}

function text() {
  return z
    .string()
    .min(1)
    .max(127)
    .regex(/^[a-zA-Z0-9_'\-., ":;!?]*$/);
}
